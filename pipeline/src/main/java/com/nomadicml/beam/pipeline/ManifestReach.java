package com.nomadicml.beam.pipeline;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.annotation.Nullable;
import org.apache.beam.sdk.extensions.gcp.options.GcsOptions;
import org.apache.beam.sdk.io.aws2.options.AwsOptions;

/**
 * Looks whether the stores of the manifests can be reached at all: their clients try again in
 * silence, for minutes.
 */
final class ManifestReach {
  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final String GOOGLE = "https://storage.googleapis.com/";
  private static final int HTTPS = 443;
  private static final int HTTP = 80;

  private ManifestReach() {}

  /**
   * @throws IllegalArgumentException when a store can't be reached, with what to look at
   */
  static void check(ImportOptions options) {
    String manifest = String.valueOf(options.getManifest());
    if (manifest.contains("gs://")) {
      String endpoint = options.as(GcsOptions.class).getGcsEndpoint();
      check(manifest, URI.create(endpoint == null ? GOOGLE : endpoint));
    }
    if (manifest.contains("s3://")) {
      amazon(options.as(AwsOptions.class)).ifPresent(endpoint -> check(manifest, endpoint));
    }
  }

  /** Without a region the client itself says what it lacks. */
  private static Optional<URI> amazon(AwsOptions options) {
    return Optional.ofNullable(options.getEndpoint())
        .or(
            () ->
                Optional.ofNullable(options.getAwsRegion())
                    .map(region -> URI.create("https://s3." + region.id() + ".amazonaws.com/")));
  }

  private static void check(String manifest, URI endpoint) {
    if (endpoint.getHost() == null || isBehindProxy(endpoint)) {
      return;
    }
    boolean isPlain = "http".equals(endpoint.getScheme());
    int port = endpoint.getPort() > 0 ? endpoint.getPort() : isPlain ? HTTP : HTTPS;
    InetSocketAddress address = new InetSocketAddress(endpoint.getHost(), port);
    try (Socket socket = new Socket()) {
      if (!address.isUnresolved()) {
        socket.connect(address, (int) CONNECT.toMillis());
        return;
      }
    } catch (IOException e) {
      throw refusal(manifest, endpoint.getHost() + ": " + e.getMessage(), e);
    }
    throw refusal(manifest, "the host " + endpoint.getHost() + " is unknown", null);
  }

  private static boolean isBehindProxy(URI endpoint) {
    List<Proxy> proxies = ProxySelector.getDefault().select(endpoint);
    return proxies.stream().anyMatch(proxy -> proxy.type() != Proxy.Type.DIRECT);
  }

  private static IllegalArgumentException refusal(
      String manifest, String why, @Nullable Throwable cause) {
    return new IllegalArgumentException(
        "--manifest="
            + manifest
            + " can't be reached: "
            + why
            + ": check this machine's network, and its proxy",
        cause);
  }
}
