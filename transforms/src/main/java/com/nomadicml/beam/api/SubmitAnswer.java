package com.nomadicml.beam.api;

import java.util.List;
import javax.annotation.Nullable;

/**
 * What an accepted import is known by (contract, section 4.5).
 *
 * @param importJobId the job, or null from a backend with the older answer
 * @param uploadedVideoIds video ids in request order, from a backend with the older answer
 */
public record SubmitAnswer(@Nullable String importJobId, List<String> uploadedVideoIds) {}
