package com.nomadicml.beam.status;

import static java.util.Comparator.comparing;

import com.google.auto.value.AutoValue;
import com.nomadicml.beam.model.VideoState;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import javax.annotation.Nullable;

/** How many items share a provider, a bucket, a state and an error. */
@AutoValue
public abstract class Tally {
  /** A provider column, or null for rejected lines and for a sum over all buckets. */
  @Nullable
  public abstract String getProvider();

  @Nullable
  public abstract String getBucket();

  public abstract VideoState getState();

  @Nullable
  public abstract String getErrorCode();

  /** What the errors say; null in a sum over several messages. */
  @Nullable
  public abstract String getErrorMessage();

  public abstract long getItems();

  /** How many of them were imported more than once. */
  public abstract long getTriedAgain();

  static Tally of(
      @Nullable String provider,
      @Nullable String bucket,
      VideoState state,
      @Nullable String errorCode,
      long items,
      long triedAgain) {
    return of(provider, bucket, state, errorCode, null, items, triedAgain);
  }

  static Tally of(
      @Nullable String provider,
      @Nullable String bucket,
      VideoState state,
      @Nullable String errorCode,
      @Nullable String errorMessage,
      long items,
      long triedAgain) {
    return new AutoValue_Tally(provider, bucket, state, errorCode, errorMessage, items, triedAgain);
  }

  final Tally overAllBuckets() {
    return of(null, null, getState(), getErrorCode(), getItems(), getTriedAgain());
  }

  /** Sums the tallies that {@code group} makes alike; the largest comes first. */
  static List<Tally> sum(List<Tally> tallies, UnaryOperator<Tally> group) {
    Map<Tally, Tally> sums = new LinkedHashMap<>();
    for (Tally tally : tallies) {
      Tally grouped = group.apply(tally);
      sums.merge(grouped.counting(0, 0), grouped, Tally::plus);
    }
    List<Tally> sorted = new ArrayList<>(sums.values());
    sorted.sort(comparing(Tally::getItems).reversed());
    return List.copyOf(sorted);
  }

  private Tally plus(Tally other) {
    return counting(getItems() + other.getItems(), getTriedAgain() + other.getTriedAgain());
  }

  private Tally counting(long items, long triedAgain) {
    return of(getProvider(), getBucket(), getState(), getErrorCode(), items, triedAgain);
  }
}
