package com.nomadicml.beam.api;

import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * Where the API key is found. The key itself is read where a call is made and is never part of
 * this.
 *
 * @param kind {@code env}, {@code file}, or {@code any} when the API takes any key
 * @param name of the environment variable, or path of the file
 */
public record ApiKeySource(String kind, String name) implements Serializable {

  /**
   * Reads {@code env:NAME} or {@code file:PATH}.
   *
   * @throws IllegalArgumentException for anything else; the value is not repeated, it may be a key
   */
  public static ApiKeySource parse(String text) {
    for (String kind : new String[] {"env", "file"}) {
      if (text.startsWith(kind + ":") && text.length() > kind.length() + 1) {
        return new ApiKeySource(kind, text.substring(kind.length() + 1));
      }
    }
    throw new IllegalArgumentException(
        "--apiKeySecret takes env:NAME or file:PATH, where the key is found, never the key itself");
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
    if (kind.equals("any")) {
      return "any";
    }
    String key = kind.equals("env") ? System.getenv(name) : readFile();
    if (key == null || key.isBlank()) {
      throw new IllegalArgumentException(
          "no API key in "
              + (kind.equals("env") ? "the environment variable " : "the file ")
              + name
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
      throw new IllegalArgumentException("the API key file " + name + " can't be read", e);
    }
  }
}
