package com.nomadicml.beam.status;

import com.google.common.base.Strings;
import java.sql.PreparedStatement;
import java.util.List;

/** The identities in SQLite or PostgreSQL: one statement changes one, or finds it changed. */
record JdbcAccounts(JdbcDatabase database) implements Accounts {
  private static final String ADD =
      "INSERT INTO import_account (account_no, origin, user_id, uid, org_id, added_at)"
          + " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (account_no) DO NOTHING";

  private static final String FILL =
      "UPDATE import_account SET user_id = ?, uid = ?, org_id = ? WHERE account_no = ?"
          + " AND COALESCE(user_id, '') = ? AND COALESCE(uid, '') = ? AND COALESCE(org_id, '') = ?";

  @Override
  public List<Account> all() {
    return JdbcSchema.exists(database, AccountTable.ACCOUNTS)
        ? new JdbcQuery(database, "SELECT * FROM import_account ORDER BY account_no")
            .list(database.dialect().rows(AccountTable.ACCOUNTS), List.of())
        : List.of();
  }

  @Override
  public void add(Account account) {
    new JdbcTransaction(database)
        .run(
            "write import_account",
            connection -> {
              try (PreparedStatement statement = connection.prepareStatement(ADD)) {
                int index = 1;
                for (Column<Account> column : AccountTable.ACCOUNTS.columns()) {
                  database
                      .dialect()
                      .bind(statement, index++, column.type(), column.valueIn(account));
                }
                statement.executeUpdate();
              }
            });
  }

  @Override
  public void fill(Account seen, Account now) {
    new JdbcTransaction(database)
        .run(
            "write import_account",
            connection -> {
              try (PreparedStatement statement = connection.prepareStatement(FILL)) {
                statement.setString(1, now.getUserId());
                statement.setString(2, now.getUid());
                statement.setString(3, now.getOrgId());
                statement.setInt(4, seen.getNumber());
                statement.setString(5, Strings.nullToEmpty(seen.getUserId()));
                statement.setString(6, Strings.nullToEmpty(seen.getUid()));
                statement.setString(7, Strings.nullToEmpty(seen.getOrgId()));
                statement.executeUpdate();
              }
            });
  }
}
