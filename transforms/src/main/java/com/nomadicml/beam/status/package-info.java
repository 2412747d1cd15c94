/**
 * The status tables: what users query, and the ledger that a later run reads.
 *
 * <p>{@link com.nomadicml.beam.status.StatusStore} is the one way in; there is one store for JDBC
 * databases and one for BigQuery.
 */
package com.nomadicml.beam.status;
