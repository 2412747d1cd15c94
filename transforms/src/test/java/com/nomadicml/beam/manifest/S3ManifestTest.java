package com.nomadicml.beam.manifest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nomadicml.beam.model.ManifestEntry;
import com.nomadicml.beam.model.Rejection;
import java.io.FileNotFoundException;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.testing.TestPipeline;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.WithFailures;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Manifests read over S3's own protocol, signed requests included. */
class S3ManifestTest {
  private static S3Server server;

  @BeforeAll
  static void start() throws Exception {
    server = S3Server.start("manifests");
    put("2026/a.csv.gz", "uri,folder\ns3://fleet/a %2B+?#.mp4,f\nnope,f\n");
    put("2026/b.csv.gz", "uri\r\n\"s3://fleet/b,1.mp4\"\r\n");
    put("2025/c.csv.gz", "uri\ns3://fleet/c.mp4\n");
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
  }

  @Test
  void readsOneManifest() {
    TestPipeline pipeline = pipeline(S3Server.SECRET);
    WithFailures.Result<PCollection<ManifestEntry>, Rejection> lines =
        pipeline.apply(ReadManifests.from("s3://manifests/2026/a.csv.gz"));
    PAssert.that(places(lines))
        .containsInAnyOrder("s3://manifests/2026/a.csv.gz:2 s3://fleet/a %2B+?#.mp4");
    PAssert.that(
            lines
                .failures()
                .apply(
                    "Rejections",
                    MapElements.into(TypeDescriptors.strings())
                        .via(r -> r.getManifest() + ":" + r.getLine() + " " + r.getText())))
        .containsInAnyOrder("s3://manifests/2026/a.csv.gz:3 nope,f");
    pipeline.run();
  }

  @Test
  void readsAGlob() {
    TestPipeline pipeline = pipeline(S3Server.SECRET);
    PAssert.that(places(pipeline.apply(ReadManifests.from("s3://manifests/2026/*.csv.gz"))))
        .containsInAnyOrder(
            "s3://manifests/2026/a.csv.gz:2 s3://fleet/a %2B+?#.mp4",
            "s3://manifests/2026/b.csv.gz:2 s3://fleet/b,1.mp4");
    pipeline.run();
  }

  @Test
  void anObjectThatIsNotThereIsNamed() {
    TestPipeline pipeline = pipeline(S3Server.SECRET);
    pipeline.apply(ReadManifests.from("s3://manifests/2024/none.csv"));
    assertThatThrownBy(() -> pipeline.run())
        .cause()
        .isInstanceOf(FileNotFoundException.class)
        .hasMessageContaining("s3://manifests/2024/none.csv");
  }

  @Test
  void aWrongSecretIsNotTakenForAnEmptyBucket() {
    TestPipeline pipeline = pipeline("wrong");
    pipeline.apply(ReadManifests.from("s3://manifests/2026/*.csv.gz"));
    assertThatThrownBy(() -> pipeline.run())
        .hasStackTraceContaining("403")
        .cause()
        .isNotInstanceOf(FileNotFoundException.class);
  }

  private static PCollection<String> places(
      WithFailures.Result<PCollection<ManifestEntry>, Rejection> lines) {
    return lines
        .output()
        .apply(
            "Entries",
            MapElements.into(TypeDescriptors.strings())
                .via(e -> e.getManifest() + ":" + e.getLine() + " " + e.getSourceUri()));
  }

  private static TestPipeline pipeline(String secret) {
    return server.pipeline(secret);
  }

  private static void put(String key, String text) {
    server.put(key, S3Server.gzip(text.getBytes(UTF_8)));
  }
}
