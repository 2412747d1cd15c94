package com.nomadicml.beam.status;

import com.google.auto.value.AutoValue;
import com.google.common.hash.Hashing;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.annotation.Nullable;

/**
 * One row of {@code import_account}: an identity that the status tables belong to. Who owns a key
 * is what {@code /api/keys/verify} tells of it (contract, section 2); each member may be untold.
 */
@AutoValue
public abstract class Account implements Serializable {
  private static final long serialVersionUID = 1L;

  /** The origin of {@code --emulator}, which no URL has. */
  public static final String EMULATOR = "emulator";

  /** What an identifier looks like: nothing that a terminal obeys, and no text without end. */
  private static final Pattern IDENTIFIER = Pattern.compile("[\\p{L}\\p{N}\\p{P}\\p{S}]{1,200}");

  /** How another account stands to this one. */
  public enum Match {
    /** Nothing that both tell differs. */
    SAME,
    /** Another user of the same organisation. */
    COLLEAGUE,
    OTHER
  }

  /** Its place among the identities of the tables, from 1; 0 for one that is not among them. */
  public abstract int getNumber();

  /** Where the API is: scheme, host and port; or {@link #EMULATOR}. */
  public abstract String getOrigin();

  @Nullable
  public abstract String getUserId();

  @Nullable
  public abstract String getUid();

  @Nullable
  public abstract String getOrgId();

  /** When it was added, in epoch milliseconds; 0 for one that was not. */
  public abstract long getAddedAt();

  /** An account as it is told. An identifier that does not look like one is known by its hash. */
  public static Account of(
      String origin, @Nullable String userId, @Nullable String uid, @Nullable String orgId) {
    return stored(0, origin, identifier(userId), identifier(uid), identifier(orgId), 0);
  }

  static Account stored(
      int number,
      String origin,
      @Nullable String userId,
      @Nullable String uid,
      @Nullable String orgId,
      long addedAt) {
    return new AutoValue_Account(number, origin, userId, uid, orgId, addedAt);
  }

  /** This account as one of the tables' identities. */
  public Account added(int number, Instant at) {
    return stored(number, getOrigin(), getUserId(), getUid(), getOrgId(), at.toEpochMilli());
  }

  /** Whether it is told whose it is. */
  public boolean hasOwner() {
    return !owners().isEmpty();
  }

  public boolean isEmulator() {
    return getOrigin().equals(EMULATOR);
  }

  /** Compares what both tell. */
  public Match match(Account other) {
    if (!getOrigin().equals(other.getOrigin())) {
      return Match.OTHER;
    }
    Optional<Boolean> sameOrganisation = same(getOrgId(), other.getOrgId());
    if (isSameOwner(other).or(() -> sameOrganisation).orElse(true)) {
      return Match.SAME;
    }
    return hasOwner() && other.hasOwner() && sameOrganisation.orElse(false)
        ? Match.COLLEAGUE
        : Match.OTHER;
  }

  /** Empty when one of the two does not tell its owner. */
  private Optional<Boolean> isSameOwner(Account other) {
    if (!hasOwner() || !other.hasOwner()) {
      return Optional.empty();
    }
    // One answer may name a user by one of the two, the next by the other.
    return same(getUserId(), other.getUserId())
        .or(() -> Optional.of(owners().stream().anyMatch(other.owners()::contains)));
  }

  private List<String> owners() {
    return Stream.of(getUserId(), getUid()).flatMap(Stream::ofNullable).toList();
  }

  private static Optional<Boolean> same(@Nullable String one, @Nullable String other) {
    return one == null || other == null ? Optional.empty() : Optional.of(one.equals(other));
  }

  /** This account, and what only the other tells. */
  public Account filledFrom(Account other) {
    return stored(
        getNumber(),
        getOrigin(),
        getUserId() == null ? other.getUserId() : getUserId(),
        getUid() == null ? other.getUid() : getUid(),
        getOrgId() == null ? other.getOrgId() : getOrgId(),
        getAddedAt());
  }

  /** For people: {@code user u_1 of organisation o_1 at https://api-prod.nomadicml.com}. */
  public String describe() {
    String user = hasOwner() ? "user " + owners().get(0) : "an owner who is not told";
    String organisation = getOrgId() == null ? "" : " of organisation " + getOrgId();
    return user + organisation + (isEmulator() ? " of the emulator" : " at " + getOrigin());
  }

  @Nullable
  private static String identifier(@Nullable String told) {
    if (told == null || told.isBlank()) {
      return null;
    }
    String text = told.strip();
    return IDENTIFIER.matcher(text).matches()
        ? text
        : "sha256:" + Hashing.sha256().hashString(text, StandardCharsets.UTF_8);
  }
}
