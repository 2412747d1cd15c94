package com.nomadicml.beam.api;

import java.util.List;
import javax.annotation.Nullable;

/** One page of a job's videos (contract, section 4.7). A missing total is 0. */
public record VideoPage(
    int total, boolean hasMore, @Nullable String nextCursor, List<VideoRow> videos) {}
