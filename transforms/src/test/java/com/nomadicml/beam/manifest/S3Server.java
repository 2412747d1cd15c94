package com.nomadicml.beam.manifest;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.zip.GZIPOutputStream;
import org.apache.beam.sdk.io.aws2.options.S3Options;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.testing.TestPipeline;
import org.gaul.s3proxy.AuthenticationType;
import org.gaul.s3proxy.S3Proxy;
import org.jclouds.ContextBuilder;
import org.jclouds.blobstore.BlobStore;
import org.jclouds.blobstore.BlobStoreContext;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;

/** An S3 server in this process that checks signatures, with one bucket. */
final class S3Server implements AutoCloseable {
  static final String SECRET = "secret";
  private static final String ID = "id";

  private final BlobStoreContext context;
  private final S3Proxy server;
  private final String bucket;

  private S3Server(BlobStoreContext context, S3Proxy server, String bucket) {
    this.context = context;
    this.server = server;
    this.bucket = bucket;
  }

  static S3Server start(String bucket) throws Exception {
    BlobStoreContext context =
        ContextBuilder.newBuilder("transient")
            .credentials(ID, SECRET)
            .buildView(BlobStoreContext.class);
    S3Proxy server =
        S3Proxy.builder()
            .blobStore(context.getBlobStore())
            .endpoint(URI.create("http://127.0.0.1:0"))
            .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, ID, SECRET)
            .build();
    server.start();
    context.getBlobStore().createContainerInLocation(null, bucket);
    return new S3Server(context, server, bucket);
  }

  void put(String key, byte[] bytes) {
    BlobStore store = context.getBlobStore();
    store.putBlob(bucket, store.blobBuilder(key).payload(bytes).build());
  }

  void delete(String key) {
    context.getBlobStore().removeBlob(bucket, key);
  }

  static byte[] gzip(byte[] bytes) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (OutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  TestPipeline pipeline() {
    return pipeline(SECRET);
  }

  /** An address instead of a host name makes the client put the bucket into the path. */
  TestPipeline pipeline(String secret) {
    S3Options options = PipelineOptionsFactory.as(S3Options.class);
    options.setEndpoint(URI.create("http://127.0.0.1:" + server.getPort()));
    options.setAwsRegion(Region.US_EAST_1);
    options.setAwsCredentialsProvider(
        StaticCredentialsProvider.create(AwsBasicCredentials.create(ID, secret)));
    return TestPipeline.fromOptions(options).enableAbandonedNodeEnforcement(false);
  }

  @Override
  public void close() throws Exception {
    server.stop();
    context.close();
  }
}
