/**
 * The import itself: plan, submit, await, settle. {@code ImportPipeline} shows how the transforms
 * go together.
 */
package com.nomadicml.beam.imports;
