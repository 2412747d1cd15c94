package com.nomadicml.beam.status;

import com.google.common.base.Strings;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * The identities in BigQuery. Each change is one transaction that also updates a row of its own,
 * since BigQuery lets two inserts pass side by side, but no two updates of a row. That row is there
 * before any transaction begins.
 */
record BigQueryAccounts(BigQueryStatusStore store, BigQueryTable<Account> table)
    implements Accounts {
  /** The number of the row that all transactions touch; no identity has it. */
  private static final int GUARD = 0;

  @Override
  public List<Account> all() {
    if (!store.has(table)) {
      return List.of();
    }
    String sql = table.select() + " WHERE account_no > " + GUARD + " ORDER BY account_no";
    return run(sql, Map.of()).stream().map(table::fromRow).toList();
  }

  @Override
  public void add(Account account) {
    change(
        ("INSERT INTO %1$s (account_no, origin, user_id, uid, org_id, added_at)"
                + " SELECT CAST(@account_no AS INT64), @origin, NULLIF(@user_id, ''),"
                + " NULLIF(@uid, ''), NULLIF(@org_id, ''), TIMESTAMP(@added_at)"
                + " FROM (SELECT 1) WHERE NOT EXISTS"
                + " (SELECT 1 FROM %1$s WHERE account_no = CAST(@account_no AS INT64))")
            .formatted(table.quoted()),
        Map.of(
            "account_no", String.valueOf(account.getNumber()),
            "origin", account.getOrigin(),
            "user_id", Strings.nullToEmpty(account.getUserId()),
            "uid", Strings.nullToEmpty(account.getUid()),
            "org_id", Strings.nullToEmpty(account.getOrgId()),
            "added_at", Instant.ofEpochMilli(account.getAddedAt()).toString()));
  }

  @Override
  public void fill(Account seen, Account now) {
    change(
        ("UPDATE %s SET user_id = NULLIF(@user_id, ''), uid = NULLIF(@uid, ''),"
                + " org_id = NULLIF(@org_id, '') WHERE account_no = CAST(@account_no AS INT64)"
                + " AND COALESCE(user_id, '') = @seen_user_id AND COALESCE(uid, '') = @seen_uid"
                + " AND COALESCE(org_id, '') = @seen_org_id")
            .formatted(table.quoted()),
        Map.of(
            "account_no", String.valueOf(seen.getNumber()),
            "user_id", Strings.nullToEmpty(now.getUserId()),
            "uid", Strings.nullToEmpty(now.getUid()),
            "org_id", Strings.nullToEmpty(now.getOrgId()),
            "seen_user_id", Strings.nullToEmpty(seen.getUserId()),
            "seen_uid", Strings.nullToEmpty(seen.getUid()),
            "seen_org_id", Strings.nullToEmpty(seen.getOrgId())));
  }

  private void change(String sql, Map<String, String> parameters) {
    String name = table.quoted();
    run(
        ("MERGE %s AS known USING (SELECT %d AS account_no) AS guard"
                + " ON known.account_no = guard.account_no WHEN NOT MATCHED THEN INSERT"
                + " (account_no, origin, added_at) VALUES (%d, '', CURRENT_TIMESTAMP())")
            .formatted(name, GUARD, GUARD),
        Map.of());
    run(
        "BEGIN TRANSACTION;\n"
            + "UPDATE %s SET added_at = CURRENT_TIMESTAMP() WHERE account_no = %d;\n"
                .formatted(name, GUARD)
            + sql
            + ";\nCOMMIT TRANSACTION",
        parameters);
  }

  private List<Map<String, Object>> run(String sql, Map<String, String> parameters) {
    return store.query(sql, parameters);
  }
}
