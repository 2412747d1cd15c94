package com.nomadicml.beam.imports.lane;

/**
 * How a lane is doing, counted since it was begun. Items of the batches that it reads or has read.
 *
 * @param failed items that are failed, missing or refused
 * @param sent items of the batches that were accepted
 * @param doubts requests of which it was not known whether they had arrived
 */
public record LaneView(long uploaded, long failed, long sent, long doubts) {}
