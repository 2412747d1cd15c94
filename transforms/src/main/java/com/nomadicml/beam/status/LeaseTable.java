package com.nomadicml.beam.status;

import static com.nomadicml.beam.status.Column.Type.KEY;
import static com.nomadicml.beam.status.Column.Type.TEXT;
import static com.nomadicml.beam.status.Column.Type.TIMESTAMP;

import java.util.List;

/** {@code import_leases}: one row a destination that a run is importing into. */
final class LeaseTable {
  static final StatusTable<Lease> LEASES =
      new StatusTable<>(
          Lease.class,
          "import_leases",
          new StatusTable.Columns<Lease>()
              .required("destination", KEY, Lease::getDestination)
              .required("run_id", TEXT, Lease::getRunId)
              .required("holder", TEXT, Lease::getHolder)
              .required("process", TEXT, Lease::getProcess)
              .required("acquired_at", TIMESTAMP, Lease::getAcquiredAt)
              .required("expires_at", TIMESTAMP, Lease::getExpiresAt)
              .optional("kind", TEXT, Lease::getKind)
              .list(),
          List.of("destination"),
          List.of(TableIndex.on("kind")),
          Lease::getExpiresAt,
          LeaseTable::read);

  private LeaseTable() {}

  private static Lease read(RowValues row) {
    return Lease.of(
        row.text("destination"),
        row.text("run_id"),
        row.text("holder"),
        row.text("process"),
        row.number("acquired_at"),
        row.number("expires_at"),
        row.textOrNull("kind") == null ? null : row.constant(Lease.Kind.class, "kind"));
  }
}
