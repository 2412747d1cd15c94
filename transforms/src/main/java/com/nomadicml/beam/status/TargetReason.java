package com.nomadicml.beam.status;

import com.nomadicml.beam.model.VideoState;
import javax.annotation.Nullable;

/**
 * How many items of a target have the same error.
 *
 * @param target null for lines of a manifest that name no object
 */
public record TargetReason(
    @Nullable ImportedTarget target,
    VideoState state,
    String code,
    @Nullable String message,
    long items) {}
