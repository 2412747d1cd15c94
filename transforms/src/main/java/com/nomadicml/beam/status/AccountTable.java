package com.nomadicml.beam.status;

import static com.nomadicml.beam.status.Column.Type.LONG;
import static com.nomadicml.beam.status.Column.Type.TEXT;
import static com.nomadicml.beam.status.Column.Type.TIMESTAMP;

import java.util.List;

/** {@code import_account}: one row an identity that the tables belong to. */
final class AccountTable {
  static final StatusTable<Account> ACCOUNTS =
      new StatusTable<>(
          Account.class,
          "import_account",
          new StatusTable.Columns<Account>()
              .required("account_no", LONG, Account::getNumber)
              .required("origin", TEXT, Account::getOrigin)
              .optional("user_id", TEXT, Account::getUserId)
              .optional("uid", TEXT, Account::getUid)
              .optional("org_id", TEXT, Account::getOrgId)
              .required("added_at", TIMESTAMP, Account::getAddedAt)
              .list(),
          List.of("account_no"),
          List.of(),
          Account::getAddedAt,
          AccountTable::read);

  private AccountTable() {}

  private static Account read(RowValues row) {
    return Account.stored(
        row.integer("account_no"),
        row.text("origin"),
        row.textOrNull("user_id"),
        row.textOrNull("uid"),
        row.textOrNull("org_id"),
        row.number("added_at"));
  }
}
