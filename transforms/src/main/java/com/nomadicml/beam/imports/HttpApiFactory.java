package com.nomadicml.beam.imports;

import com.google.common.cache.CacheBuilder;
import com.nomadicml.beam.api.ApiException;
import com.nomadicml.beam.api.ApiKeySource;
import com.nomadicml.beam.api.HttpNomadicApi;
import com.nomadicml.beam.api.KeyVerification;
import com.nomadicml.beam.api.NomadicApi;
import com.nomadicml.beam.api.NomadicApiFactory;
import com.nomadicml.beam.api.QuotaLedger;
import com.nomadicml.beam.api.RequestGate;
import com.nomadicml.beam.api.SharedQuota;
import com.nomadicml.beam.api.Sleeper;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import javax.annotation.Nullable;

/**
 * Opens the API over HTTP, within the quota.
 *
 * <p>The budgets are shared by all transforms of a run in one process: submits and looks of a lane
 * draw on the same one. A lane is on one worker at a time. Where it moves to another, that one is
 * silent for a minute first, and learns what the day has spent: so the sum over all workers holds.
 */
public final class HttpApiFactory implements NomadicApiFactory, AutoCloseable {
  private static final long serialVersionUID = 1L;

  private static final Duration BRIEF = Duration.ofSeconds(1);

  /** Which process this is. */
  private static final String HERE = UUID.randomUUID().toString();

  /** By run and lane; the one state that transforms of a process have to share. */
  private static final Map<String, LaneGate> GATES = new ConcurrentHashMap<>();

  /** Why runs were stopped, by run; for lanes that are opened late, too. */
  private static final Map<String, String> STOPPED = new ConcurrentHashMap<>();

  /** Who comes late does so within seconds, and not a thousand runs later. */
  private static final int ENDED_RUNS = 1_000;

  /** Runs that send nothing any more, not even through a lane that is opened late. */
  private static final Set<String> ENDED =
      Collections.newSetFromMap(
          CacheBuilder.newBuilder().maximumSize(ENDED_RUNS).<String, Boolean>build().asMap());

  /** By run, the keys that were verified in this process; in memory and nowhere else. */
  private static final Map<String, Set<String>> VERIFIED = new ConcurrentHashMap<>();

  private final String runId;
  private final URI url;
  private final ApiKeySource key;
  private final String collection;
  private final RequestQuota quota;
  private final SpentRequests spent;
  private final Clock clock;
  private final Sleeper sleeper;
  private final String launchedBy;
  @Nullable private final QuotaLedger ledger;

  /** Null for no check. */
  @Nullable private final KeyOwnerCheck owner;

  /**
   * @param spent what a worker asks when it takes a lane over
   */
  public HttpApiFactory(
      String runId,
      URI url,
      ApiKeySource key,
      String collection,
      RequestQuota quota,
      SpentRequests spent,
      Clock clock,
      Sleeper sleeper) {
    this(runId, url, key, collection, quota, spent, clock, sleeper, HERE);
  }

  HttpApiFactory(
      String runId,
      URI url,
      ApiKeySource key,
      String collection,
      RequestQuota quota,
      SpentRequests spent,
      Clock clock,
      Sleeper sleeper,
      String launchedBy) {
    this(runId, url, key, collection, quota, spent, clock, sleeper, launchedBy, null, null);
  }

  private HttpApiFactory(
      String runId,
      URI url,
      ApiKeySource key,
      String collection,
      RequestQuota quota,
      SpentRequests spent,
      Clock clock,
      Sleeper sleeper,
      String launchedBy,
      @Nullable KeyOwnerCheck owner,
      @Nullable QuotaLedger ledger) {
    this.ledger = ledger;
    this.runId = runId;
    this.url = url;
    this.key = key;
    this.collection = collection;
    this.quota = quota;
    this.spent = spent;
    this.clock = clock;
    this.sleeper = sleeper;
    this.launchedBy = launchedBy;
    this.owner = owner;
  }

  /**
   * The same run's API with a check of each key that {@link #verifyKey} has not seen in this
   * process: a worker reads the key anew, and it may be another by then.
   */
  public HttpApiFactory withOwnerCheck(KeyOwnerCheck check) {
    return new HttpApiFactory(
        runId, url, key, collection, quota, spent, clock, sleeper, launchedBy, check, ledger);
  }

  /** For use within a transform: waiting and requests show in the runner's metrics. */
  @Override
  public NomadicApi open(int lane, Duration longestWait) {
    return client(new MeteredGate(gate(lane), clock, longestWait));
  }

  @Override
  public void stop(String reason) {
    if (!ENDED.contains(runId)) {
      STOPPED.putIfAbsent(runId, reason);
      gates().forEach(gate -> gate.stop(STOPPED.get(runId)));
    }
  }

  @Override
  public Optional<String> stopReason() {
    return Optional.ofNullable(STOPPED.get(runId));
  }

  /** For use outside of a pipeline, on lane 0. */
  public NomadicApi openHere() {
    return client(gate(0));
  }

  /**
   * The same for a thread of few that others wait for: what the API does not answer, or refuses for
   * the rate, is tried again for no longer than a second or two.
   */
  public NomadicApi openBriefly() {
    return client(new BriefGate(gate(0), clock, BRIEF));
  }

  /**
   * What the API tells of the key, which is the run's own from then on. It is asked once, and waits
   * for the quota alone.
   */
  public KeyVerification verifyKey() throws ApiException {
    String value = key.read();
    KeyVerification verification =
        builder(value, new BriefGate(gate(0), clock, Duration.ZERO)).build().verifyKey();
    verified().add(value);
    return verification;
  }

  /** Requests that this process has sent for the run. */
  public long requestsSent() {
    return gates().mapToLong(LaneGate::passed).sum();
  }

  /** Requests that this process has sent for the run on {@code day}. */
  public long requestsSentOn(LocalDate day) {
    return gates().mapToLong(gate -> gate.passedOn(day)).sum();
  }

  /** How the requests that this process has sent for the run were answered, by hour. */
  public Map<Instant, HourOfRequests> requestsByHour() {
    Map<Instant, HourOfRequests> all = new TreeMap<>();
    gates()
        .forEach(
            gate ->
                gate.hours()
                    .all()
                    .forEach((hour, some) -> all.merge(hour, some, HourOfRequests::plus)));
    return all;
  }

  /** When this process may send the run's next request, {@code now} or later. */
  public Instant nextRequestAt(Instant now) {
    return nextRequestAt(now, 0);
  }

  /** The same for one that others precede, which the quota has not let through yet. */
  public Instant nextRequestAt(Instant now, int before) {
    return gates().map(gate -> gate.next(now, before)).max(Comparator.naturalOrder()).orElse(now);
  }

  /** How long a request waits for the quota at most. */
  public Duration quotaPatience() {
    return quota.patience();
  }

  /** Tells this process what other runs have spent of the quota on {@code day}. */
  public void spentElsewhere(LocalDate day, long requests) {
    gates().forEach(gate -> gate.spentElsewhere(day, requests));
  }

  /** Lets no request of the run through any more in this process. */
  @Override
  public void close() {
    ENDED.add(runId);
    gates().forEach(LaneGate::close);
  }

  /**
   * Lets go of what this process keeps of the run, when it has ended: what it has sent is known no
   * more.
   */
  public void forget() {
    close();
    GATES.keySet().removeIf(gate -> gate.startsWith(runId + "/"));
    STOPPED.remove(runId);
    VERIFIED.remove(runId);
  }

  private Stream<LaneGate> gates() {
    return GATES.entrySet().stream()
        .filter(gate -> gate.getKey().startsWith(runId + "/"))
        .map(Map.Entry::getValue);
  }

  private LaneGate gate(int lane) {
    if (ENDED.contains(runId)) {
      LaneGate closed = newGate(lane);
      closed.close();
      return closed;
    }
    LaneGate gate = GATES.computeIfAbsent(runId + "/" + lane, id -> newGate(lane));
    stopReason().ifPresent(gate::stop);
    return gate;
  }

  /** Takes all requests out of what an account's senders share. */
  public HttpApiFactory sharing(@Nullable QuotaLedger ledger) {
    return new HttpApiFactory(
        runId, url, key, collection, quota, spent, clock, sleeper, launchedBy, owner, ledger);
  }

  private LaneGate newGate(int lane) {
    LaneGate gate = new LaneGate(quota.budget(), quota.patience(), clock, sleeper);
    boolean isLimited = quota.perMinute() > 0 || quota.perDay() > 0;
    if (ledger != null && isLimited) {
      gate.sharing(
          new QuotaShare(
              ledger,
              runId + "/" + lane + "/" + HERE,
              new SharedQuota.Limits(quota.perMinute(), quota.perDay(), ledger.ahead())));
    }
    return launchedBy.equals(HERE) || ledger != null ? gate : gate.takingOver(day -> spent.on(day));
  }

  private NomadicApi client(RequestGate gate) {
    String value = key.read();
    if (owner == null) {
      return builder(value, gate).build();
    }
    NomadicApi unchecked = builder(value, gate).build();
    return builder(value, gate).admission(() -> admit(value, unchecked)).build();
  }

  private void admit(String value, NomadicApi api) throws ApiException {
    if (!verified().contains(value)) {
      owner.check(api.verifyKey());
      verified().add(value);
    }
  }

  private Set<String> verified() {
    return ENDED.contains(runId)
        ? new HashSet<>()
        : VERIFIED.computeIfAbsent(runId, run -> ConcurrentHashMap.newKeySet());
  }

  private HttpNomadicApi.Builder builder(String value, RequestGate gate) {
    return HttpNomadicApi.builder(url, value)
        .gate(gate)
        .collection(collection)
        .clock(clock)
        .sleeper(sleeper);
  }
}
