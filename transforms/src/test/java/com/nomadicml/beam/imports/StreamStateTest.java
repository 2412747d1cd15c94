package com.nomadicml.beam.imports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.io.BaseEncoding;
import com.nomadicml.beam.model.ImportBatch;
import com.nomadicml.beam.model.ImportItem;
import com.nomadicml.beam.model.ImportTarget;
import com.nomadicml.beam.model.JobStatus;
import com.nomadicml.beam.model.LedgerRow;
import com.nomadicml.beam.model.ManifestEntry;
import com.nomadicml.beam.model.Provider;
import com.nomadicml.beam.model.TrackedBatch;
import com.nomadicml.beam.model.VideoState;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderException;
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

  @Test
  void statesAndTimersKeepTheirNames() {
    assertThat(CUT.stateDeclarations().keySet())
        .containsExactlyInAnyOrder("claimed", "count", "lastBatch");
    assertThat(CUT.timerDeclarations().keySet()).containsExactly("ts-cut");
  }

  @Test
  void statesKeepTheirCoders() throws Exception {
    CutFn cut = new CutFn(null, null, null, "run-1", 1, Duration.ZERO);
    assertThat(specOf(cut, "claimedSpec")).isEqualTo(StateSpecs.bag(ClaimEntries.coder()));
    assertThat(specOf(cut, "countSpec")).isEqualTo(StateSpecs.value(CutFn.COUNT));
    assertThat(specOf(cut, "lastSpec")).isEqualTo(StateSpecs.value(CutFn.LAST_BATCH));
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
        ImportTarget.class,
        JobStatus.class,
        LedgerRow.class,
        ManifestEntry.class,
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
