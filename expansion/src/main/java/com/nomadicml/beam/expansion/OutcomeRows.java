package com.nomadicml.beam.expansion;

import com.nomadicml.beam.model.VideoStatus;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.apache.beam.sdk.values.Row;

/** What became of items, as rows that are named as the columns of {@code import_videos}. */
final class OutcomeRows {
  private static final FieldType TEXTS = FieldType.map(FieldType.STRING, FieldType.STRING);

  static final Schema SCHEMA =
      Schema.builder()
          .addStringField("destination")
          .addStringField("source_uri")
          .addStringField("state")
          .addNullableField("video_id", FieldType.STRING)
          .addField("video_ids", TEXTS)
          .addNullableField("import_job_id", FieldType.STRING)
          .addNullableField("api_status", FieldType.STRING)
          .addNullableField("error_code", FieldType.STRING)
          .addNullableField("error_message", FieldType.STRING)
          .addField("labels", TEXTS)
          .addInt64Field("attempt")
          .addStringField("run_id")
          .addStringField("manifest")
          .addInt64Field("line")
          .build();

  private OutcomeRows() {}

  static Row of(VideoStatus video) {
    return Row.withSchema(SCHEMA)
        .addValues(
            video.getDestination(),
            video.getSourceUri(),
            video.getState().name(),
            video.getVideoId(),
            video.getVideoIds(),
            video.getImportJobId(),
            video.getApiStatus(),
            video.getErrorCode(),
            video.getErrorMessage(),
            video.getLabels(),
            (long) video.getAttempt(),
            video.getRunId(),
            video.getManifest(),
            video.getLine())
        .build();
  }
}
