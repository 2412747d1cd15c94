package com.nomadicml.beam.imports.lane;

import com.nomadicml.beam.api.Sleeper;
import com.nomadicml.beam.status.LaneStore;
import com.nomadicml.beam.status.StatusStoreException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tables that are waited for while their database is away, restarting or locked. Every method of a
 * {@link LaneStore} may be repeated, so each is tried again as it was asked for.
 */
final class PatientStore {
  private static final Logger LOG = LoggerFactory.getLogger(PatientStore.class);
  private static final Duration PAUSE = Duration.ofSeconds(5);

  private final LaneStore store;
  private final Duration patience;
  private final Clock clock;
  private final Sleeper sleeper;

  private PatientStore(LaneStore store, Duration patience, Clock clock, Sleeper sleeper) {
    this.store = store;
    this.patience = patience;
    this.clock = clock;
    this.sleeper = sleeper;
  }

  /**
   * The same tables, waited for.
   *
   * @param patience how long
   */
  static LaneStore of(LaneStore store, Duration patience, Clock clock, Sleeper sleeper) {
    PatientStore patient = new PatientStore(store, patience, clock, sleeper);
    return (LaneStore)
        Proxy.newProxyInstance(
            LaneStore.class.getClassLoader(),
            new Class<?>[] {LaneStore.class},
            (proxy, method, arguments) -> patient.call(method, arguments));
  }

  private Object call(Method method, Object[] arguments) throws Throwable {
    Instant since = clock.instant();
    boolean isTold = false;
    while (true) {
      try {
        return method.invoke(store, arguments);
      } catch (InvocationTargetException e) {
        boolean isAway =
            e.getCause() instanceof StatusStoreException failure && failure.isTransient();
        Duration away = Duration.between(since, clock.instant());
        if (!isAway || away.compareTo(patience) >= 0) {
          throw e.getCause();
        }
        if (!isTold) {
          LOG.warn(
              "Nothing is sent until the tables can be written again: {}",
              e.getCause().getMessage());
          isTold = true;
        }
        sleeper.sleep(PAUSE);
      }
    }
  }
}
