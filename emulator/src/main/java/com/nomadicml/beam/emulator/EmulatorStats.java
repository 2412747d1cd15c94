package com.nomadicml.beam.emulator;

import java.util.Map;

/**
 * What the emulator has seen.
 *
 * @param requests requests to the API, refused ones included
 * @param mostInAMinute most requests that were let through in any 60 seconds
 * @param accepted distinct videos (or sets) a folder that were accepted
 * @param acceptedTwice those of them that were accepted more than once
 */
public record EmulatorStats(
    long requests,
    int mostInAMinute,
    Map<String, Long> byRoute,
    Map<Integer, Long> byStatus,
    int jobs,
    int accepted,
    long acceptedTwice) {}
