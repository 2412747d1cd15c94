package com.nomadicml.beam.api;

import com.nomadicml.beam.cloud.ClientOptions;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.annotation.Nullable;

/**
 * Where the API key is found, or another secret. The secret itself is read where a call is made and
 * is never part of this.
 *
 * @param kind {@code env}, {@code file}, {@code google} or {@code aws} for their secret managers,
 *     or {@code any} when the API takes any key
 * @param name of the environment variable, path of the file, resource name or ARN of the secret
 * @param clients as whom a secret manager is asked
 */
public record ApiKeySource(String kind, String name, ClientOptions clients)
    implements Serializable {

  private static final Pattern GOOGLE =
      Pattern.compile("(projects/[^/]+(?:/locations/[^/]+)?/secrets/[^/]+)(/versions/[^/]+)?");

  private static final Pattern AWS =
      Pattern.compile("arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\\d+:secret:\\S+");

  /** With this machine's own clients. */
  ApiKeySource(String kind, String name) {
    this(kind, name, ClientOptions.ofThisMachine());
  }

  /** The same place, for who has the options of a pipeline. */
  public ApiKeySource with(ClientOptions options) {
    return new ApiKeySource(kind, name, options);
  }

  /**
   * Reads {@code env:NAME}, {@code file:PATH}, {@code projects/P/secrets/S/versions/V} (the latest
   * version when it names none) or {@code arn:aws:secretsmanager:…}.
   *
   * @throws IllegalArgumentException for anything else; the value is not repeated, it may be a key
   */
  public static ApiKeySource parse(String text) {
    return parse("--apiKeySecret", "the key", text);
  }

  /** Reads where the password of a database is found, in the same forms. */
  public static ApiKeySource parsePassword(String option, String text) {
    return parse(option, "the password", text);
  }

  private static ApiKeySource parse(String option, String secret, String text) {
    for (String kind : new String[] {"env", "file"}) {
      if (text.startsWith(kind + ":") && text.length() > kind.length() + 1) {
        return new ApiKeySource(kind, text.substring(kind.length() + 1));
      }
    }
    Matcher google = GOOGLE.matcher(text);
    if (google.matches()) {
      return new ApiKeySource("google", google.group(2) == null ? text + "/versions/latest" : text);
    }
    if (AWS.matcher(text).matches()) {
      return new ApiKeySource("aws", text);
    }
    throw new IllegalArgumentException(
        option
            + " takes env:NAME, file:PATH, projects/P/secrets/S/versions/V or"
            + " arn:aws:secretsmanager:…, where "
            + secret
            + " is found, never "
            + secret
            + " itself");
  }

  /** For the emulator, which takes any key. */
  public static ApiKeySource anyKey() {
    return new ApiKeySource("any", "");
  }

  /**
   * Reads the key.
   *
   * @throws IllegalArgumentException with the next step when there is none
   */
  public String read() {
    return switch (kind) {
      case "any" -> "any";
      case "google" -> readFrom(GoogleSecrets.of(clients));
      case "aws" -> readFrom(AwsSecrets.of(clients));
      default -> checked(local(), place());
    };
  }

  /**
   * Reads a password: any text, but for line ends after it.
   *
   * @throws IllegalArgumentException with the next step when there is none
   */
  public String readPassword() {
    String text =
        switch (kind) {
          case "google" -> text(GoogleSecrets.of(clients));
          case "aws" -> text(AwsSecrets.of(clients));
          default -> local();
        };
    String password = text == null ? "" : text.replaceFirst("[\r\n]+$", "");
    if (password.isEmpty()) {
      throw new IllegalArgumentException("no password in " + place() + ": put it there");
    }
    return password;
  }

  @Nullable
  private String local() {
    return kind.equals("env") ? System.getenv(name) : readFile();
  }

  private String place() {
    return switch (kind) {
      case "env" -> "the environment variable " + name;
      case "file" -> "the file " + name;
      default -> "the secret " + name;
    };
  }

  /** Reads the key from a secret manager. */
  String readFrom(SecretStore secrets) {
    return checked(text(secrets), place());
  }

  @Nullable
  private String text(SecretStore secrets) {
    try {
      return secrets.read(name);
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "the secret "
              + name
              + " can't be read ("
              // All places where the AWS SDK has looked for credentials are no sentence.
              + String.valueOf(e.getMessage()).replaceFirst("(?s) from any of the providers.*", "")
              + "): check its name, and that this machine's account may access it",
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the secret " + name + " was read", e);
    }
  }

  private String checked(@Nullable String key, String place) {
    if (key == null || key.isBlank()) {
      throw new IllegalArgumentException(
          "no API key in "
              + place
              + ": create one in the web app (Profile → API Keys) and put it there, or try"
              + " --emulator");
    }
    if (!fitsHeader(key.strip())) {
      throw new IllegalArgumentException(
          name + " holds more than an API key: white space, or characters that no header can hold");
    }
    return key.strip();
  }

  static boolean fitsHeader(String key) {
    return key.chars().allMatch(c -> c > ' ' && c < 0x7f);
  }

  private String readFile() {
    try {
      return Files.readString(Path.of(name));
    } catch (IOException | InvalidPathException e) {
      throw new IllegalArgumentException("the secret's file " + name + " can't be read", e);
    }
  }
}
