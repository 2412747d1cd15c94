package com.nomadicml.beam.manifest;

import java.io.Serializable;
import java.util.List;

/**
 * How a row becomes an entry, whatever format it comes in.
 *
 * @param labels fields that travel to the status table, in lower case
 * @param expand whether a wildcard is listed instead of rejected
 * @param versioned whether entries keep what tells a change of their objects
 * @param orgOnly whether a row whose scope is user is rejected
 * @param counted whether lines are counted: those of a manifest that is only compared with are not
 */
record RowRules(
    UriField uriField,
    List<String> labels,
    boolean expand,
    boolean versioned,
    boolean orgOnly,
    boolean counted)
    implements Serializable {

  /** Nothing but the URI, each line counted. */
  static RowRules of(UriField uriField) {
    return new RowRules(uriField, List.of(), false, false, false, true);
  }

  RowRules withUriField(UriField field) {
    return new RowRules(field, labels, expand, versioned, orgOnly, counted);
  }

  RowRules withLabels(List<String> names) {
    return new RowRules(uriField, names, expand, versioned, orgOnly, counted);
  }

  RowRules withExpand(boolean on) {
    return new RowRules(uriField, labels, on, versioned, orgOnly, counted);
  }

  RowRules withVersions() {
    return new RowRules(uriField, labels, expand, true, orgOnly, counted);
  }

  RowRules withOrgOnly(boolean on) {
    return new RowRules(uriField, labels, expand, versioned, on, counted);
  }

  /** The same rules for a manifest that is only compared with. */
  RowRules uncounted() {
    return new RowRules(uriField, List.of(), expand, true, orgOnly, false);
  }
}
