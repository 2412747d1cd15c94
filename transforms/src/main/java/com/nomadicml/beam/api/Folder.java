package com.nomadicml.beam.api;

import javax.annotation.Nullable;

/** A folder (contract, section 3). Only the id is certain to be there. */
public record Folder(String id, @Nullable String name, @Nullable String scope) {}
