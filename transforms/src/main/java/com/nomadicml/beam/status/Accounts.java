package com.nomadicml.beam.status;

import java.io.Serializable;
import java.util.List;

/**
 * Which identities the status tables belong to. A write that another run was quicker with changes
 * nothing: who writes reads again.
 */
public interface Accounts extends Serializable {

  /** All, in the order of their numbers; none where tables of an earlier version know of none. */
  List<Account> all();

  /** Adds an identity, unless there is one of its number. */
  void add(Account account);

  /** Replaces an identity by what is known of it now, unless it is not as it was {@code seen}. */
  void fill(Account seen, Account now);
}
