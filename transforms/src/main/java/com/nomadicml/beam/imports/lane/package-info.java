/**
 * The narrow part of an import: sends what is planned in the status tables, reads what became of
 * it, and writes that down. Decisions are made in {@code LanePolicy}, which sees neither the API
 * nor the tables nor a clock; {@code ImportLane} carries them out.
 */
package com.nomadicml.beam.imports.lane;
