package com.nomadicml.beam.pipeline;

import static java.util.stream.Collectors.joining;

import com.nomadicml.beam.api.BaseUrl;
import com.nomadicml.beam.api.KeyVerification;
import com.nomadicml.beam.status.Account;
import com.nomadicml.beam.status.Account.Match;
import com.nomadicml.beam.status.Accounts;
import com.nomadicml.beam.status.StatusStore;
import java.io.PrintStream;
import java.io.Serializable;
import java.time.Clock;
import java.util.List;

/**
 * Whose tables these are: tables belong to the account that used them first. A run for another ends
 * before it has changed anything, as what is done in one account counts as done for the run.
 */
final class AccountCheck {
  private static final String LOCALHOST = "http://localhost";

  private final StatusStore store;
  private final String origin;
  private final boolean isOrgRun;
  private final boolean sameAccount;
  private final Clock clock;
  private final PrintStream err;

  /**
   * What a run says of its account.
   *
   * @param isEmulator whether it imports into the emulator in this process
   * @param sameAccount whether the tables are to be this account's too
   */
  record Terms(boolean isEmulator, boolean sameAccount) implements Serializable {
    static Terms of(ImportOptions options) {
      return new Terms(options.getEmulator(), options.getSameAccount());
    }
  }

  AccountCheck(Terms terms, ImportSettings settings, Clock clock, PrintStream err) {
    this.store = settings.store();
    this.origin = terms.isEmulator() ? Account.EMULATOR : BaseUrl.origin(settings.apiUrl());
    this.isOrgRun = settings.defaults().scope().equals("org");
    this.sameAccount = terms.sameAccount();
    this.clock = clock;
    this.err = err;
  }

  /** Which destinations a run may import into. */
  enum Access {
    ALL,
    /** Those of the organisation: the tables' user destinations are another user's. */
    ORG_ONLY
  }

  /**
   * Compares the API alone, which takes no key and no request.
   *
   * @throws IllegalArgumentException when the tables belong to another one, with what to do
   */
  void checkApi() {
    if (store.hasTables()) {
      refuseOtherApi(store.accounts().all());
    }
  }

  /**
   * Makes the tables the account's own when they are nobody's, and creates them where absent.
   *
   * @param key what the API has told of the key
   * @throws IllegalArgumentException when they belong to another account, with what to do; then
   *     nothing is written
   */
  Access admit(KeyVerification key) {
    Account run = account(origin, key);
    if (!run.hasOwner()) {
      err.println(
          "nomadic-import: warning: the API does not tell whose the key is, so the status tables"
              + " belong to all who use "
              + origin);
    }
    if (store.hasTables()) {
      refuseOthers(store.accounts().all(), run);
    }
    store.createTables();
    return claim(store.accounts(), run);
  }

  /** Another run may be as far at the same time: what is written is read again, and compared. */
  private Access claim(Accounts accounts, Account run) {
    while (true) {
      List<Account> owners = accounts.all();
      refuseOthers(owners, run);
      List<Account> same = matching(owners, run, Match.SAME);
      if (same.stream().anyMatch(owner -> owner.filledFrom(run).equals(owner))) {
        return Access.ALL;
      }
      if (!same.isEmpty()) {
        accounts.fill(same.get(0), same.get(0).filledFrom(run));
      } else if (owners.isEmpty()) {
        accounts.add(run.added(1, clock.instant()));
      } else if (sameAccount) {
        int last = owners.get(owners.size() - 1).getNumber();
        accounts.add(run.added(last + 1, clock.instant()));
      } else {
        return Access.ORG_ONLY;
      }
    }
  }

  private void refuseOthers(List<Account> owners, Account run) {
    refuseOtherApi(owners);
    if (owners.isEmpty() || sameAccount || !matching(owners, run, Match.SAME).isEmpty()) {
      return;
    }
    if (matching(owners, run, Match.COLLEAGUE).isEmpty()) {
      throw refusal(owners, run.describe(), true);
    }
    if (!isOrgRun) {
      throw new IllegalArgumentException(
          belongsTo(store, owners)
              + ", and this run is for "
              + run.describe()
              + ", who may import into destinations of the organisation only: add --scope=org, or"
              + " name another --statusTable, or add --sameAccount if both are one account");
    }
  }

  private void refuseOtherApi(List<Account> owners) {
    if (owners.isEmpty()) {
      refuseOtherRuns();
      return;
    }
    boolean isEmulator = origin.equals(Account.EMULATOR);
    if (owners.stream().anyMatch(owner -> owner.isEmulator() != isEmulator)) {
      throw refusal(owners, at(origin), false);
    }
    if (!sameAccount && owners.stream().noneMatch(owner -> owner.getOrigin().equals(origin))) {
      throw refusal(owners, at(origin), true);
    }
  }

  /** Tables of a version that knew no accounts: its runs tell the API, but not the emulator. */
  private void refuseOtherRuns() {
    boolean isEmulator = origin.equals(Account.EMULATOR);
    List<String> others =
        store.runOptions().stream()
            .flatMap(options -> OptionsText.apiOrigin(options).stream())
            .filter(api -> !api.equals(isEmulator ? LOCALHOST : origin))
            .distinct()
            .sorted()
            .toList();
    if (!others.isEmpty() && (isEmulator || !sameAccount)) {
      throw new IllegalArgumentException(
          "the runs in "
              + store.describe()
              + " imported into "
              + String.join(", ", others)
              + ", and this run is for "
              + at(origin)
              + ", for which that would count as done"
              + remedy(!isEmulator));
    }
  }

  private IllegalArgumentException refusal(List<Account> owners, String run, boolean mayBeOne) {
    return new IllegalArgumentException(
        belongsTo(store, owners) + ", and this run is for " + run + remedy(mayBeOne));
  }

  private static String remedy(boolean mayBeOne) {
    return mayBeOne
        ? ": name another --statusTable, or add --sameAccount if both are one account, as after a"
            + " new user took over"
        : ": name another --statusTable, as the emulator shares none with an API";
  }

  private static String at(String origin) {
    return origin.equals(Account.EMULATOR) ? "the emulator" : origin;
  }

  /** An account as its key tells it. */
  static Account account(String origin, KeyVerification key) {
    return Account.of(origin, key.userId(), key.uid(), key.orgId());
  }

  static List<Account> matching(List<Account> owners, Account run, Match match) {
    return owners.stream().filter(owner -> owner.match(run) == match).toList();
  }

  static String belongsTo(StatusStore store, List<Account> owners) {
    return "the status tables in "
        + store.describe()
        + " belong to "
        + owners.stream().map(Account::describe).collect(joining(" and "));
  }

  /** The check of a key that a worker reads: the run goes on with keys of its own account alone. */
  WorkerKeyCheck onWorkers(Access access) {
    return new WorkerKeyCheck(store, origin, access);
  }
}
