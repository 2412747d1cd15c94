package com.nomadicml.beam.manifest;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.security.MessageDigest;

/** Digests what is read through it. */
final class DigestingChannel implements ReadableByteChannel {
  private final ReadableByteChannel channel;
  private final MessageDigest digest;

  DigestingChannel(ReadableByteChannel channel, MessageDigest digest) {
    this.channel = channel;
    this.digest = digest;
  }

  @Override
  public int read(ByteBuffer buffer) throws IOException {
    int start = buffer.position();
    int count = channel.read(buffer);
    if (count > 0) {
      digest.update(buffer.duplicate().flip().position(start));
    }
    return count;
  }

  /** Reads what is left. */
  void drain() throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
    while (read(buffer) >= 0) {
      buffer.clear();
    }
  }

  byte[] digest() {
    return digest.digest();
  }

  @Override
  public boolean isOpen() {
    return channel.isOpen();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
