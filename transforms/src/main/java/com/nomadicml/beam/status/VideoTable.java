package com.nomadicml.beam.status;

import static com.nomadicml.beam.status.Column.Type.KEY;
import static com.nomadicml.beam.status.Column.Type.LONG;
import static com.nomadicml.beam.status.Column.Type.TEXT;
import static com.nomadicml.beam.status.Column.Type.TIMESTAMP;

import com.nomadicml.beam.model.VideoState;
import com.nomadicml.beam.model.VideoStatus;
import java.util.List;

/**
 * {@code import_videos}: one row an item. And {@code import_items} of BigQuery: the same rows by
 * batch, one row an item of each batch.
 */
final class VideoTable {
  static final StatusTable<VideoStatus> VIDEOS =
      new StatusTable<>(
          VideoStatus.class,
          "import_videos",
          new StatusTable.Columns<VideoStatus>()
              .required("destination", KEY, VideoStatus::getDestination)
              .required("source_uri", KEY, VideoStatus::getSourceUri)
              .optional("provider", TEXT, VideoStatus::getProvider)
              .optional("bucket", TEXT, VideoStatus::getBucket)
              .optional("views", TEXT, video -> TextsJson.write(video.getViews()))
              .required("manifest", TEXT, VideoStatus::getManifest)
              .required("line", LONG, VideoStatus::getLine)
              .required("run_id", TEXT, VideoStatus::getRunId)
              .optional("batch_id", TEXT, VideoStatus::getBatchId)
              .optional("import_job_id", TEXT, VideoStatus::getImportJobId)
              .optional("video_id", TEXT, VideoStatus::getVideoId)
              .required("state", TEXT, VideoStatus::getState)
              .optional("api_status", TEXT, VideoStatus::getApiStatus)
              .optional("error_code", TEXT, VideoStatus::getErrorCode)
              .optional("error_message", TEXT, VideoStatus::getErrorMessage)
              .required("attempt", LONG, VideoStatus::getAttempt)
              .required("sequence", LONG, VideoStatus::getSequence)
              .required("updated_at", TIMESTAMP, VideoStatus::getUpdatedAt)
              .optional("labels", TEXT, video -> TextsJson.write(video.getLabels()))
              .optional("video_ids", TEXT, video -> TextsJson.write(video.getVideoIds()))
              .optional("integration_id", TEXT, VideoStatus::getIntegrationId)
              .list(),
          List.of("destination", "source_uri"),
          List.of(TableIndex.on("batch_id"), TableIndex.onPresent("error_code")),
          VideoStatus::getSequence,
          VideoTable::read);

  static final StatusTable<VideoStatus> ITEMS = byBatch();

  private VideoTable() {}

  private static StatusTable<VideoStatus> byBatch() {
    StatusTable.Columns<VideoStatus> columns =
        new StatusTable.Columns<VideoStatus>()
            .required("batch_id", KEY, VideoStatus::getBatchId)
            .required("source_uri", KEY, VideoStatus::getSourceUri)
            .required("destination", TEXT, VideoStatus::getDestination);
    List<String> first = columns.list().stream().map(Column::name).toList();
    VIDEOS.columns().stream()
        .filter(column -> !first.contains(column.name()))
        .forEach(columns::add);
    return new StatusTable<>(
        VideoStatus.class,
        "import_items",
        columns.list(),
        List.of("batch_id", "source_uri"),
        List.of(),
        VideoStatus::getSequence,
        VideoTable::read);
  }

  private static VideoStatus read(RowValues row) {
    return VideoStatus.builder()
        .setDestination(row.text("destination"))
        .setSourceUri(row.text("source_uri"))
        .setProvider(row.textOrNull("provider"))
        .setBucket(row.textOrNull("bucket"))
        .setViews(TextsJson.read(row.textOrNull("views")))
        .setLabels(TextsJson.read(row.textOrNull("labels")))
        .setVideoIds(TextsJson.read(row.textOrNull("video_ids")))
        .setManifest(row.text("manifest"))
        .setLine(row.number("line"))
        .setIntegrationId(row.textOrNull("integration_id"))
        .setRunId(row.text("run_id"))
        .setBatchId(row.textOrNull("batch_id"))
        .setImportJobId(row.textOrNull("import_job_id"))
        .setVideoId(row.textOrNull("video_id"))
        .setState(row.constant(VideoState.class, "state"))
        .setApiStatus(row.textOrNull("api_status"))
        .setErrorCode(row.textOrNull("error_code"))
        .setErrorMessage(row.textOrNull("error_message"))
        .setAttempt(row.integer("attempt"))
        .setSequence(row.number("sequence"))
        .setUpdatedAt(row.number("updated_at"))
        .build();
  }
}
