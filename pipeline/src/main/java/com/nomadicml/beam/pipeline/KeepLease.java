package com.nomadicml.beam.pipeline;

import com.nomadicml.beam.status.LeaseHeldException;
import com.nomadicml.beam.status.Leases;
import com.nomadicml.beam.status.StatusStoreException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionView;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Renews the leases of a run while its plan is made, where no launcher does. Passes elements on, in
 * a step that comes after {@link AcquireLease}.
 *
 * <p>Throws {@link LeaseHeldException} when another run has taken one of them. A lease that has
 * lapsed while no element came, and that nobody has taken, is the run's again.
 */
final class KeepLease<T> extends PTransform<PCollection<T>, PCollection<T>> {
  /** How often a process renews them at most. */
  static final Duration INTERVAL = AcquireLease.EXPIRY.dividedBy(3);

  private static final Logger LOG = LoggerFactory.getLogger(KeepLease.class);

  /** When a run's leases are to be renewed next: once a process, as BigQuery takes few updates. */
  private static final Map<String, Instant> NEXT = new ConcurrentHashMap<>();

  private final ImportSettings settings;
  private final Clock clock;
  private final PCollectionView<Long> leased;

  /**
   * @param leased how many destinations the run has leased
   */
  KeepLease(ImportSettings settings, Clock clock, PCollectionView<Long> leased) {
    this.settings = settings;
    this.clock = clock;
    this.leased = leased;
  }

  @Override
  public PCollection<T> expand(PCollection<T> elements) {
    return elements
        .apply(
            "Renew",
            ParDo.of(new RenewFn<T>(settings.store().leases(), settings.runId(), clock, leased))
                .withSideInputs(leased))
        .setCoder(elements.getCoder());
  }

  /** The last look before anything is sent. Takes how many destinations the run has leased. */
  static DoFn<Long, Void> onceMore(ImportSettings settings) {
    return new OnceMoreFn(settings.store().leases(), settings.runId());
  }

  private static void renew(Leases leases, String runId, long leased) {
    if (leases.renew(runId, AcquireLease.EXPIRY) < leased) {
      throw LeaseHeldException.lost(runId);
    }
  }

  /** The next step renews them at once. */
  static void forget(String runId) {
    NEXT.remove(runId);
  }

  /** Renews them, unless a step of this process has done so a while ago. */
  private static void renewNowAndThen(Leases leases, String runId, long leased, Instant now) {
    NEXT.compute(
        runId,
        (id, next) -> {
          if (next != null && now.isBefore(next)) {
            return next;
          }
          try {
            renew(leases, runId, leased);
          } catch (StatusStoreException e) {
            // The next renewal is early enough.
            LOG.warn("The leases of run {} can't be renewed now: {}", runId, e.getMessage());
          }
          return now.plus(INTERVAL);
        });
  }

  private static final class RenewFn<T> extends DoFn<T, T> {
    private static final long serialVersionUID = 1L;

    private final Leases leases;
    private final String runId;
    private final Clock clock;
    private final PCollectionView<Long> leased;

    RenewFn(Leases leases, String runId, Clock clock, PCollectionView<Long> leased) {
      this.leases = leases;
      this.runId = runId;
      this.clock = clock;
      this.leased = leased;
    }

    @ProcessElement
    public void pass(ProcessContext context) {
      renewNowAndThen(leases, runId, context.sideInput(leased), clock.instant());
      context.output(context.element());
    }
  }

  private static final class OnceMoreFn extends DoFn<Long, Void> {
    private static final long serialVersionUID = 1L;

    private final Leases leases;
    private final String runId;

    OnceMoreFn(Leases leases, String runId) {
      this.leases = leases;
      this.runId = runId;
    }

    @ProcessElement
    public void look(@Element Long leased) {
      forget(runId);
      renew(leases, runId, leased);
    }
  }
}
