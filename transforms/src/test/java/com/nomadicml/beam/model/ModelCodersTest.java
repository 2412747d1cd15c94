package com.nomadicml.beam.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.schemas.SchemaCoder;
import org.apache.beam.sdk.schemas.SchemaRegistry;
import org.apache.beam.sdk.testing.CoderProperties;
import org.apache.beam.sdk.util.SerializableUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Model values come out of Beam's coders as they went in, with and without their null fields. */
class ModelCodersTest {
  private static final Instant AT = Instant.parse("2026-11-24T10:00:00.123Z");
  private static final String URI = "gs://b/é 😀,\"+%?#.mp4";
  private static final Map<String, String> VIEWS = Map.of("front", URI, "left", "gs://b/l.mp4");
  private static final ImportTarget BARE =
      ImportTarget.of(Provider.HF, "n/b", null, null, "user", false);
  private static final ImportTarget FULL =
      ImportTarget.of(Provider.GCS, "b", "int_1", "Trip 1", "org", true);
  private static final ImportItem SINGLE = ImportItem.of(URI, Map.of(), "m.csv", 1);
  private static final ImportItem SET =
      ImportItem.of(URI, VIEWS, Map.of("vehicle", "7"), "m.csv", Long.MAX_VALUE);
  private static final ImportBatch BATCH = ImportBatch.of(FULL, List.of(SET, SINGLE), 2);
  private static final JobStatus PLANNED =
      JobStatus.planned(ImportBatch.of(BARE, List.of(SINGLE), 1), "run", AT);
  private static final JobStatus DONE =
      JobStatus.planned(BATCH, "run", AT).toBuilder()
          .setImportJobId("ij_1")
          .setFolderId("fo_1")
          .setTotal(2)
          .setErrorMessage("message")
          .setSubmittedAt(1L)
          .setCompletedAt(2L)
          .inState(JobState.COMPLETED, AT);

  static Stream<Object> values() {
    return Stream.of(
        ManifestEntry.builder().setManifest("m.csv").setLine(1).setSourceUri(URI).build(),
        ManifestEntry.builder()
            .setManifest("m.csv")
            .setLine(2)
            .setSourceUri(URI)
            .setViews(VIEWS)
            .setLabels(Map.of("vehicle", "7"))
            .setVersion("etag")
            .setFolder("Trip 1")
            .setScope("org")
            .setIntegrationId("int_1")
            .build(),
        Rejection.of("m.csv", 3, "bad\nline", new RejectedException(RejectionCode.NOT_MP4, "why")),
        BARE,
        FULL,
        SINGLE,
        SET,
        BATCH,
        ImportBatch.planned("from-the-ledger", BARE, List.of(), 1),
        PLANNED,
        DONE,
        TrackedBatch.of(BATCH, PLANNED),
        TrackedBatch.of(BATCH, DONE, List.of("v1", "v2")),
        VideoStatus.of(BATCH, SET, "run").inState(VideoState.PENDING, AT),
        VideoStatus.of(BATCH, SINGLE, "run")
            .setImportJobId("ij_1")
            .setVideoId("v1")
            .setVideoIds(Map.of("set", "v0", "front", "v1"))
            .setApiStatus("UPLOADED")
            .setErrorCode("CODE")
            .setErrorMessage("message")
            .inState(VideoState.UPLOADED, AT),
        VideoStatus.rejected(
            Rejection.of("m.csv", 3, "x", new RejectedException(RejectionCode.NO_KEY, "why")),
            "org/f",
            "run",
            AT),
        LedgerRow.of("org/f", URI, Provider.S3, "b", VideoState.MISSING, 2, true, null, false),
        LedgerRow.of(
            "org/f", URI, Provider.S3, "b", VideoState.UPLOADED, 1, false, "VIEWS_FAILED", true),
        SeenVideo.of("v1", null, null, VideoState.SUBMITTED, null),
        SeenVideo.of("v1", URI, "UPLOADING_FAILED", VideoState.UPLOADING_FAILED, "error"),
        SeenVideo.of(
            "v1",
            URI,
            "UPLOADED",
            VideoState.UPLOADED,
            null,
            SeenViews.of(Map.of("left", "v2"), List.of("top (é)"))),
        JobPage.of("batch", 0, 0, List.of(), null, null),
        JobPage.of(
            "batch",
            3,
            1,
            List.of(SeenVideo.of("v1", URI, null, VideoState.UPLOADED, null)),
            JobState.INCOMPLETE,
            "deadline"),
        ImportJob.of("batch", null, 1, Long.MIN_VALUE, 5, List.of("v1"), List.of(URI)),
        ImportJob.of("batch", "ij_1", 1, 4, 5, List.of(), List.of()));
  }

  @ParameterizedTest
  @MethodSource("values")
  void aValueSurvivesItsCoder(Object value) throws Exception {
    survives(value);
  }

  /** Those that are packed by their own coders. */
  static Stream<Arguments> packedValues() {
    Map<Class<?>, Coder<?>> coders =
        Map.of(
            ManifestEntry.class, new ManifestEntryCoder(),
            ImportItem.class, new ImportItemCoder(),
            TrackedBatch.class, new TrackedBatchCoder());
    return values()
        .filter(value -> coders.containsKey(schemaClass(value)))
        .map(value -> Arguments.of(coders.get(schemaClass(value)), value));
  }

  @ParameterizedTest
  @MethodSource("packedValues")
  <T> void aPackedValueSurvivesItsCoder(Coder<T> coder, T value) throws Exception {
    CoderProperties.coderDecodeEncodeEqual(coder, value);
    CoderProperties.coderDecodeEncodeEqual(SerializableUtils.clone(coder), value);
    Packing<T> packing = new Packing<>(coder);
    assertThat(packing.unpack(packing.pack(value))).isEqualTo(value);
  }

  @Test
  void aCoderThatIsKnownByItsClassIsSmall() {
    Coder<VideoStatus> coder = ValueCoder.of(VideoStatus.class);
    assertThat(SerializableUtils.serializeToByteArray(coder)).hasSizeLessThan(300);
    assertThat(SerializableUtils.clone(coder)).isEqualTo(coder);
    assertThat(coder).isNotEqualTo(ValueCoder.of(JobStatus.class));
  }

  @Test
  void everyModelValueIsAmongThem() {
    assertThat(values().map(value -> schemaClass(value).getSimpleName()).distinct())
        .containsExactlyInAnyOrder(
            "ManifestEntry",
            "Rejection",
            "ImportTarget",
            "ImportItem",
            "ImportBatch",
            "JobStatus",
            "TrackedBatch",
            "VideoStatus",
            "LedgerRow",
            "SeenVideo",
            "JobPage",
            "ImportJob");
  }

  private static <T> void survives(T value) throws Exception {
    @SuppressWarnings("unchecked") // The one schema class above a generated class is its own.
    Class<T> type = (Class<T>) schemaClass(value);
    SchemaCoder<T> coder = SchemaRegistry.createDefault().getSchemaCoder(type);
    CoderProperties.coderDecodeEncodeEqual(coder, value);
    CoderProperties.coderSerializable(coder);
    Coder<T> sent = SerializableUtils.clone(coder);
    CoderProperties.coderDecodeEncodeEqual(sent, value);
    CoderProperties.coderDecodeEncodeEqual(ValueCoder.of(type), value);
  }

  /** The abstract class that AutoValue's is made from. */
  private static Class<?> schemaClass(Object value) {
    return value.getClass().getSuperclass();
  }
}
