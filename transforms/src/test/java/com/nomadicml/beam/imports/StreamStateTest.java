package com.nomadicml.beam.imports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.io.BaseEncoding;
import com.nomadicml.beam.model.ImportBatch;
import com.nomadicml.beam.model.ImportItem;
import com.nomadicml.beam.model.ImportJob;
import com.nomadicml.beam.model.ImportTarget;
import com.nomadicml.beam.model.JobPage;
import com.nomadicml.beam.model.JobState;
import com.nomadicml.beam.model.JobStatus;
import com.nomadicml.beam.model.LedgerRow;
import com.nomadicml.beam.model.ManifestEntry;
import com.nomadicml.beam.model.Provider;
import com.nomadicml.beam.model.SeenVideo;
import com.nomadicml.beam.model.SeenViews;
import com.nomadicml.beam.model.TrackedBatch;
import com.nomadicml.beam.model.VideoState;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.schemas.SchemaRegistry;
import org.apache.beam.sdk.schemas.annotations.SchemaFieldNumber;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.reflect.DoFnSignature;
import org.apache.beam.sdk.transforms.reflect.DoFnSignatures;
import org.apache.beam.sdk.util.CoderUtils;
import org.apache.beam.sdk.values.KV;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What a running stream remembers, as an update of it has to find it: who has to change a line of
 * this file lets running jobs be drained and started anew, and says so.
 */
class StreamStateTest {
  private static final DoFnSignature CUT = DoFnSignatures.getSignature(CutFn.class);
  private static final DoFnSignature LANES = DoFnSignatures.getSignature(StreamLaneFn.class);

  private static final OpenJobs OPEN =
      new OpenJobs(
          List.of(
              ImportJob.of("b1", "ij_1", 2, -7, 1_764_000_000_000L, List.of(), List.of()),
              ImportJob.of(
                  "b2", null, 1, 9, 1_764_000_001_000L, List.of("v"), List.of("gs://f/ü"))),
          new LaneProgress(
              1,
              2,
              3,
              4,
              5,
              6.5,
              7,
              List.of(
                  new JobProgress(
                      false,
                      false,
                      5,
                      6,
                      2,
                      1,
                      -9,
                      10,
                      13,
                      new JobProgress.Pass("c2", Set.of("c1"), Set.of(42L), 3, 43L),
                      List.of()),
                  new JobProgress(false, true, 7, 8, 0, 3, 11, 12, 14, null, List.of("", "c1")))));
  private static final String OPEN_BYTES =
      "00000002070002623104696A5F3102F9FFFFFFFFFFFFFFFF0180D0DFB4AB33000000000000000007"
          + "01020262320109E8D7DFB4AB33000000010176000000010967733A2F2F662FC3BC03000000000000"
          + "000100000000000000020000000000000003000000040000000000000005401A0000000000000000"
          + "0007000000020000000000000000000500000000000000060000000200000001FFFFFFFFFFFFFFF7"
          + "0000000A0000000D000000000100026332000000010002633100000001000000000000002A000000"
          + "03000000000000002B00010000000000000007000000000000000800000000000000030000000000"
          + "00000B0000000C0000000E0000000200000002633100";

  private static final ManifestEntry ENTRY =
      ManifestEntry.builder()
          .setManifest("pubsub:projects/p/subscriptions/s")
          .setLine(0)
          .setSourceUri("gs://fleet/a.mp4")
          .setViews(Map.of("front", "gs://fleet/a.mp4"))
          .setFolder("fleet")
          .setScope("org")
          .setIntegrationId(null)
          .setLabels(Map.of("vehicle", "v1"))
          .setVersion("etag")
          .setOwnIntegrationId("int")
          .build();
  private static final String ENTRY_BYTES =
      "0A0140217075627375623A70726F6A656374732F702F737562736372697074696F6E732F73001067"
          + "733A2F2F666C6565742F612E6D7034000000010566726F6E741067733A2F2F666C6565742F612E6D"
          + "703405666C656574036F7267000000010776656869636C65027631046574616703696E74";

  private static final String CLAIMED_BYTES =
      "01217075627375623A70726F6A656374732F702F737562736372697074696F6E732F73001067733A"
          + "2F2F666C6565742F612E6D7034010566726F6E741067733A2F2F666C6565742F612E6D7034010566"
          + "6C65657401036F726700010776656869636C650276310104657461670103696E74010900096F7267"
          + "2F666C6565741067733A2F2F666C6565742F612E6D70340005666C6565740402000D494D504F5254"
          + "5F4641494C454400";

  private static final ImportBatch BATCH =
      ImportBatch.planned(
          "b1",
          ImportTarget.of(Provider.S3, "fleet", null, "trip", "org", false),
          List.of(
              ImportItem.of("s3://fleet/ü.mp4", Map.of(), Map.of("vehicle", "v1"), "sqs:u", 300)),
          1);
  private static final BatchEvent SUBMITTED =
      BatchEvent.submitted(
          TrackedBatch.of(
              BATCH,
              JobStatus.planned(BATCH, "run-1", Instant.ofEpochMilli(1)).toBuilder()
                  .setImportJobId("ij_1")
                  .inState(JobState.SUBMITTED, Instant.ofEpochMilli(2))));
  private static final String SUBMITTED_BYTES =
      "01030004000262310601040105666C6565740474726970036F7267000000000001130390A0010262"
          + "310572756E2D3104696A5F310601040105666C6565740474726970036F7267000201000000010001"
          + "82808080808080090572756E2D3100000000000000011173333A2F2F666C6565742FC3BC2E6D7034"
          + "00010776656869636C65027631057371733A75AC020000";

  private static final BatchEvent READ =
      BatchEvent.read(
          JobPage.of(
              "b1",
              2,
              1,
              List.of(SeenVideo.of("v", "s3://fleet/ü.mp4", "UPLOADED", VideoState.UPLOADED, null)),
              JobState.COMPLETED,
              null));
  private static final String READ_BYTES =
      "00010262310201000000010176011173333A2F2F666C6565742FC3BC2E6D7034010855504C4F4144"
          + "45440855504C4F41444544000109434F4D504C4554454400";

  private static final BatchEvent READ_WITH_VIEWS =
      BatchEvent.read(
          JobPage.of(
              "b1",
              2,
              1,
              List.of(
                  SeenVideo.of(
                      "v",
                      "s3://fleet/ü.mp4",
                      "UPLOADED",
                      VideoState.UPLOADED,
                      null,
                      SeenViews.of(Map.of("left", "l"), List.of("top")))),
              JobState.COMPLETED,
              null));
  private static final String READ_WITH_VIEWS_BYTES =
      "00010262310201000000010176011173333A2F2F666C6565742FC3BC2E6D7034010855504C4F4144"
          + "45440E55504C4F414445442B76696577730001046C656674016C0000000103746F700109434F4D50"
          + "4C4554454400";

  /** As a stream remembered an item before rows told of views. */
  private static final String SEEN_BEFORE_VIEWS_BYTES =
      "000000011173333A2F2F666C6565742FC3BC2E6D7034050110017603030855504C4F41444544";

  @Test
  void itemsThatARunningJobHasSeenAreUnderstood() throws Exception {
    assertThat(
            CoderUtils.decodeFromByteArray(
                SettleImports.SEEN.coder(), BaseEncoding.base16().decode(SEEN_BEFORE_VIEWS_BYTES)))
        .isEqualTo(
            Map.of(
                "s3://fleet/ü.mp4",
                SeenItem.of("v", VideoState.UPLOADED, 3, "UPLOADED", null, null)));
  }

  @Test
  void statesAndTimersKeepTheirNames() {
    assertThat(CUT.stateDeclarations().keySet())
        .containsExactlyInAnyOrder("claimed", "count", "lastBatch");
    assertThat(CUT.timerDeclarations().keySet()).containsExactly("ts-cut");
    assertThat(LANES.stateDeclarations().keySet())
        .containsExactlyInAnyOrder("waiting", "waitingCount", "later", "openJobs", "endedBatches");
    assertThat(LANES.timerDeclarations().keySet())
        .containsExactlyInAnyOrder("ts-send", "ts-sendAgain", "ts-look", "ts-tryAgain");
    assertThat(
            DoFnSignatures.getSignature(SettleImports.SettleFn.class).stateDeclarations().keySet())
        .containsExactlyInAnyOrder("batch", "early", "seen", "shown", "end", "rowsAt");
  }

  @Test
  void statesKeepTheirCoders() throws Exception {
    CutFn cut = new CutFn(null, null, null, "run-1", 1, Duration.ZERO);
    assertThat(specOf(cut, "claimedSpec")).isEqualTo(StateSpecs.bag(ClaimEntries.coder()));
    assertThat(specOf(cut, "countSpec")).isEqualTo(StateSpecs.value(CutFn.COUNT));
    assertThat(specOf(cut, "lastSpec")).isEqualTo(StateSpecs.value(CutFn.LAST_BATCH));
    StreamLaneFn lane = new StreamLaneFn(null, null, "run-1", null);
    assertThat(specOf(lane, "waitingSpec")).isEqualTo(StateSpecs.bag());
    assertThat(specOf(lane, "laterSpec")).isEqualTo(StateSpecs.bag());
    assertThat(specOf(lane, "countSpec")).isEqualTo(StateSpecs.value(VarIntCoder.of()));
    assertThat(specOf(lane, "openSpec")).isEqualTo(StateSpecs.value(new OpenJobs.OpenJobsCoder()));
    assertThat(specOf(lane, "endedSpec")).isEqualTo(StateSpecs.bag(StringUtf8Coder.of()));
    SettleImports.SettleFn settle = new SettleImports.SettleFn(null, "run-1");
    assertThat(specOf(settle, "batchSpec")).isEqualTo(StateSpecs.value(ByteArrayCoder.of()));
    assertThat(specOf(settle, "earlySpec")).isEqualTo(StateSpecs.bag(ByteArrayCoder.of()));
    assertThat(specOf(settle, "seenSpec")).isEqualTo(StateSpecs.value(ByteArrayCoder.of()));
    assertThat(specOf(settle, "shownSpec")).isEqualTo(StateSpecs.value(VarIntCoder.of()));
    assertThat(specOf(settle, "endSpec")).isEqualTo(StateSpecs.value(ByteArrayCoder.of()));
    assertThat(specOf(settle, "rowsAtSpec")).isEqualTo(StateSpecs.value(VarLongCoder.of()));
  }

  @Test
  void openJobsOfARunningJobAreUnderstood() throws Exception {
    keeps(new OpenJobs.OpenJobsCoder(), OPEN, OPEN_BYTES);
  }

  @Test
  void entriesThatWaitInARunningJobAreUnderstood() throws Exception {
    keeps(SchemaRegistry.createDefault().getSchemaCoder(ManifestEntry.class), ENTRY, ENTRY_BYTES);
  }

  @Test
  void whatARunningJobHasClaimedIsUnderstood() throws Exception {
    LedgerRow row =
        LedgerRow.of(
            "org/fleet",
            ENTRY.getSourceUri(),
            Provider.GCS,
            "fleet",
            VideoState.UPLOADING_FAILED,
            2,
            false,
            "IMPORT_FAILED",
            false);
    keeps(ClaimEntries.coder(), KV.of(ENTRY, row), CLAIMED_BYTES);
  }

  @Test
  void whatAnotherVersionRemembersIsNotGuessedAt() {
    for (String bytes : List.of(CLAIMED_BYTES.substring(2), "02" + CLAIMED_BYTES.substring(2))) {
      assertThatThrownBy(
              () ->
                  CoderUtils.decodeFromByteArray(
                      ClaimEntries.coder(), BaseEncoding.base16().decode(bytes)))
          .isInstanceOf(CoderException.class)
          .hasMessageContaining("this job remembers items that wait for others")
          .hasMessageContaining("it reads version 1, and found version ")
          .hasMessageContaining("start it anew");
    }
  }

  /** What is right in its first byte, and no further. */
  @Test
  void whatIsCutOffSaysSoToo() {
    byte[] half = BaseEncoding.base16().decode(CLAIMED_BYTES.substring(0, 40));

    assertThatThrownBy(() -> CoderUtils.decodeFromByteArray(ClaimEntries.coder(), half))
        .isInstanceOf(CoderException.class)
        .hasMessageContaining("start it anew")
        .hasCauseInstanceOf(Exception.class);
  }

  @Test
  void eventsThatARunningJobRemembersAreUnderstood() throws Exception {
    keeps(new BatchEvent.EventCoder(), SUBMITTED, SUBMITTED_BYTES);
    keeps(new BatchEvent.EventCoder(), READ, READ_BYTES);
    keeps(new BatchEvent.EventCoder(), READ_WITH_VIEWS, READ_WITH_VIEWS_BYTES);
  }

  /** Without numbers, fields stand in whatever order the Java machine lists the methods in. */
  @ParameterizedTest
  @MethodSource("packedOrRemembered")
  void fieldsOfWhatIsPackedOrRememberedHaveNumbers(Class<?> type) {
    assertThat(
            Arrays.stream(type.getDeclaredMethods())
                .filter(method -> Modifier.isAbstract(method.getModifiers()))
                .filter(method -> method.getName().startsWith("get")))
        .isNotEmpty()
        .allMatch(method -> method.isAnnotationPresent(SchemaFieldNumber.class));
  }

  static Stream<Class<?>> packedOrRemembered() {
    return Stream.of(
        ImportBatch.class,
        ImportItem.class,
        ImportJob.class,
        ImportTarget.class,
        JobPage.class,
        JobStatus.class,
        LedgerRow.class,
        ManifestEntry.class,
        SeenItem.class,
        SeenVideo.class,
        SeenViews.class,
        TrackedBatch.class);
  }

  private static <T> void keeps(Coder<T> coder, T value, String bytes) throws Exception {
    assertThat(BaseEncoding.base16().encode(CoderUtils.encodeToByteArray(coder, value)))
        .isEqualTo(bytes);
    assertThat(CoderUtils.decodeFromByteArray(coder, BaseEncoding.base16().decode(bytes)))
        .isEqualTo(value);
  }

  private static Object specOf(DoFn<?, ?> fn, String name) throws Exception {
    Field field = fn.getClass().getDeclaredField(name);
    field.setAccessible(true);
    return field.get(fn);
  }
}
