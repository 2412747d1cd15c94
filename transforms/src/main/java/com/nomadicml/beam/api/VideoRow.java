package com.nomadicml.beam.api;

import javax.annotation.Nullable;

/**
 * One video of a job (contract, section 4.7).
 *
 * @param error the first of {@code error, error_message, message, detail, reason, last_error} that
 *     is there (section 8, number 6)
 */
public record VideoRow(
    String videoId, @Nullable String status, @Nullable String sourceUri, @Nullable String error) {}
