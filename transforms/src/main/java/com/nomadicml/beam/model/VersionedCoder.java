package com.nomadicml.beam.model;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Objects;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.coders.CustomCoder;

/**
 * What a stream remembers from one version of the importer to the next: states, and how far it has
 * read. A byte says how the rest is written; what is written otherwise is not guessed at.
 */
public final class VersionedCoder<T> extends CustomCoder<T> {
  private static final long serialVersionUID = 1L;

  private final String what;
  private final int version;
  private final Coder<T> coder;

  private VersionedCoder(String what, int version, Coder<T> coder) {
    this.what = what;
    this.version = version;
    this.coder = coder;
  }

  /**
   * @param what is remembered, for people
   * @param version from 1 to 127; another one each time that {@code coder} writes other bytes
   */
  public static <T> VersionedCoder<T> of(String what, int version, Coder<T> coder) {
    return new VersionedCoder<>(what, version, coder);
  }

  @Override
  public void encode(T value, OutputStream out) throws IOException {
    out.write(version);
    coder.encode(value, out);
  }

  /**
   * @throws CoderException that names what can't be read, and the next step
   */
  @Override
  public T decode(InputStream in) throws IOException {
    int written = in.read();
    if (written != version) {
      throw new CoderException(unreadable(written < 0 ? "nothing" : "version " + written));
    }
    try {
      return coder.decode(in);
    } catch (IOException | RuntimeException e) {
      throw new CoderException(unreadable("something else"), e);
    }
  }

  private String unreadable(String found) {
    return "this job remembers "
        + what
        + " in a way that this version of the importer can't read: it reads version "
        + version
        + ", and found "
        + found
        + ". Stop the job and start it anew, without its state: the status tables have all that is"
        + " needed";
  }

  @Override
  public void verifyDeterministic() throws NonDeterministicException {
    coder.verifyDeterministic();
  }

  @Override
  public boolean consistentWithEquals() {
    return coder.consistentWithEquals();
  }

  @Override
  public Object structuralValue(T value) {
    return coder.structuralValue(value);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof VersionedCoder<?> that
        && version == that.version
        && what.equals(that.what)
        && coder.equals(that.coder);
  }

  @Override
  public int hashCode() {
    return Objects.hash(what, version, coder);
  }
}
