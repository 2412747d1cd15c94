package com.nomadicml.beam.manifest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nomadicml.beam.model.ManifestEntry;
import com.nomadicml.beam.model.Rejection;
import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.util.zip.GZIPOutputStream;
import org.apache.beam.sdk.io.aws2.options.S3Options;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.testing.TestPipeline;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.WithFailures;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.gaul.s3proxy.AuthenticationType;
import org.gaul.s3proxy.S3Proxy;
import org.jclouds.ContextBuilder;
import org.jclouds.blobstore.BlobStore;
import org.jclouds.blobstore.BlobStoreContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;

/** Manifests read over S3's own protocol, signed requests included. */
class S3ManifestTest {
  private static final String ID = "id";
  private static final String SECRET = "secret";

  private static BlobStoreContext context;
  private static S3Proxy server;

  @BeforeAll
  static void start() throws Exception {
    context =
        ContextBuilder.newBuilder("transient")
            .credentials(ID, SECRET)
            .buildView(BlobStoreContext.class);
    server =
        S3Proxy.builder()
            .blobStore(context.getBlobStore())
            .endpoint(URI.create("http://127.0.0.1:0"))
            .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, ID, SECRET)
            .build();
    server.start();
    BlobStore store = context.getBlobStore();
    store.createContainerInLocation(null, "manifests");
    put(store, "2026/a.csv.gz", "uri,folder\ns3://fleet/a %2B+?#.mp4,f\nnope,f\n");
    put(store, "2026/b.csv.gz", "uri\r\n\"s3://fleet/b,1.mp4\"\r\n");
    put(store, "2025/c.csv.gz", "uri\ns3://fleet/c.mp4\n");
  }

  @AfterAll
  static void stop() throws Exception {
    server.stop();
    context.close();
  }

  @Test
  void readsOneManifest() {
    TestPipeline pipeline = pipeline(SECRET);
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
    TestPipeline pipeline = pipeline(SECRET);
    PAssert.that(places(pipeline.apply(ReadManifests.from("s3://manifests/2026/*.csv.gz"))))
        .containsInAnyOrder(
            "s3://manifests/2026/a.csv.gz:2 s3://fleet/a %2B+?#.mp4",
            "s3://manifests/2026/b.csv.gz:2 s3://fleet/b,1.mp4");
    pipeline.run();
  }

  @Test
  void anObjectThatIsNotThereIsNamed() {
    TestPipeline pipeline = pipeline(SECRET);
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

  /** An address instead of a host name makes the client put the bucket into the path. */
  private static TestPipeline pipeline(String secret) {
    S3Options options = PipelineOptionsFactory.as(S3Options.class);
    options.setEndpoint(URI.create("http://127.0.0.1:" + server.getPort()));
    options.setAwsRegion(Region.US_EAST_1);
    options.setAwsCredentialsProvider(
        StaticCredentialsProvider.create(AwsBasicCredentials.create(ID, secret)));
    return TestPipeline.fromOptions(options).enableAbandonedNodeEnforcement(false);
  }

  private static void put(BlobStore store, String key, String text) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write(text.getBytes(UTF_8));
    }
    store.putBlob("manifests", store.blobBuilder(key).payload(bytes.toByteArray()).build());
  }
}
