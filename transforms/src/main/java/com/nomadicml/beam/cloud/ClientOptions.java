package com.nomadicml.beam.cloud;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.auth.Credentials;
import java.io.Serializable;
import javax.annotation.Nullable;
import org.apache.beam.sdk.extensions.gcp.options.GcpOptions;
import org.apache.beam.sdk.io.aws2.options.AwsOptions;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.util.common.ReflectHelpers;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;

/**
 * The options of a pipeline, for the clients that the project makes itself: on workers, too. So
 * they have the endpoints and the identity of Beam's own: {@code --bigQueryEndpoint}, {@code
 * --credentialFactoryClass}, {@code --impersonateServiceAccount}, {@code --awsCredentialsProvider}.
 */
public final class ClientOptions implements Serializable {
  private static final long serialVersionUID = 1L;

  private static final ObjectMapper JSON =
      new ObjectMapper()
          .registerModules(ObjectMapper.findModules(ReflectHelpers.findClassLoader()));

  private final String json;
  private transient PipelineOptions options;

  private ClientOptions(String json) {
    this.json = json;
  }

  /** The options as they are now. */
  public static ClientOptions of(PipelineOptions options) {
    try {
      return new ClientOptions(JSON.writeValueAsString(options));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("these options can't be sent to workers", e);
    }
  }

  /** This machine's own, where there is no pipeline: all options are as they are by default. */
  public static ClientOptions ofThisMachine() {
    return new ClientOptions("{\"options\": {}}");
  }

  /** The options, by one of their interfaces. What they make by default, they make once. */
  public synchronized <T extends PipelineOptions> T as(Class<T> type) {
    if (options == null) {
      try {
        options = JSON.readValue(json, PipelineOptions.class);
      } catch (JsonProcessingException e) {
        throw new IllegalStateException("the pipeline's options can't be read", e);
      }
    }
    return options.as(type);
  }

  /** As whom Google is asked; null for nobody. */
  @Nullable
  public Credentials google() {
    return as(GcpOptions.class).getGcpCredential();
  }

  /** As whom AWS is asked. */
  public AwsCredentialsProvider aws() {
    return as(AwsOptions.class).getAwsCredentialsProvider();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ClientOptions clients && clients.json.equals(json);
  }

  @Override
  public int hashCode() {
    return json.hashCode();
  }

  /** Not what they hold: it may be a password. */
  @Override
  public String toString() {
    return "the pipeline's options";
  }
}
