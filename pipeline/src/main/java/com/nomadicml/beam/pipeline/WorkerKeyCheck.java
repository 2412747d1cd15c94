package com.nomadicml.beam.pipeline;

import com.nomadicml.beam.api.ApiException;
import com.nomadicml.beam.api.KeyVerification;
import com.nomadicml.beam.imports.KeyOwnerCheck;
import com.nomadicml.beam.status.Account;
import com.nomadicml.beam.status.Account.Match;
import com.nomadicml.beam.status.StatusStore;
import java.util.List;

/**
 * What the launcher has checked of its key, for keys that are read after it: by a worker, or when
 * keys have rotated. Only compares, as the launcher has written whose the tables are.
 */
record WorkerKeyCheck(StatusStore store, String origin, AccountCheck.Access access)
    implements KeyOwnerCheck {
  private static final int UNAUTHORIZED = 401;

  @Override
  public void check(KeyVerification key) throws ApiException {
    if (!key.isValid()) {
      throw refused("the key is not valid");
    }
    Account run = AccountCheck.account(origin, key);
    List<Account> owners = store.accounts().all();
    boolean isColleague = !AccountCheck.matching(owners, run, Match.COLLEAGUE).isEmpty();
    boolean isAllowed = isColleague && access == AccountCheck.Access.ORG_ONLY;
    if (!isAllowed && AccountCheck.matching(owners, run, Match.SAME).isEmpty()) {
      throw refused(AccountCheck.belongsTo(store, owners) + ", and the key to " + run.describe());
    }
  }

  private static ApiException refused(String reason) {
    return new ApiException(ApiException.Kind.PERMANENT, UNAUTHORIZED, reason);
  }
}
