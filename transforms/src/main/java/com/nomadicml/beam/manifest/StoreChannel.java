package com.nomadicml.beam.manifest;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SeekableByteChannel;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.io.fs.ResourceId;

/** Bytes of a store, whose own failures are {@link StoreException}s: not all clients throw IO's. */
class StoreChannel implements ReadableByteChannel {
  private final ReadableByteChannel channel;

  private StoreChannel(ReadableByteChannel channel) {
    this.channel = channel;
  }

  /** A file's bytes; a {@link SeekableByteChannel} where its file system has one. */
  static ReadableByteChannel open(ResourceId file) throws IOException {
    ReadableByteChannel channel = ask(() -> FileSystems.open(file));
    return channel instanceof SeekableByteChannel seekable
        ? new Seekable(seekable)
        : new StoreChannel(channel);
  }

  /** What the store is asked for. */
  interface Question<T> {
    T ask() throws IOException;
  }

  /**
   * The store's answer.
   *
   * @throws StoreException when it has none this time
   */
  static <T> T ask(Question<T> question) throws IOException {
    try {
      return question.ask();
    } catch (IOException | RuntimeException e) {
      throw StoreException.of(e);
    }
  }

  @Override
  public int read(ByteBuffer buffer) throws IOException {
    return ask(() -> channel.read(buffer));
  }

  @Override
  public boolean isOpen() {
    return channel.isOpen();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  private static final class Seekable extends StoreChannel implements SeekableByteChannel {
    private final SeekableByteChannel channel;

    Seekable(SeekableByteChannel channel) {
      super(channel);
      this.channel = channel;
    }

    @Override
    public long position() throws IOException {
      return ask(channel::position);
    }

    @Override
    public SeekableByteChannel position(long position) throws IOException {
      ask(() -> channel.position(position));
      return this;
    }

    @Override
    public long size() throws IOException {
      return ask(channel::size);
    }

    @Override
    public int write(ByteBuffer bytes) throws IOException {
      return channel.write(bytes);
    }

    @Override
    public SeekableByteChannel truncate(long size) throws IOException {
      return channel.truncate(size);
    }
  }
}
