package com.nomadicml.beam.manifest;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.apache.beam.sdk.io.FileSystem;
import org.apache.beam.sdk.io.FileSystemRegistrar;
import org.apache.beam.sdk.io.fs.CreateOptions;
import org.apache.beam.sdk.io.fs.MatchResult;
import org.apache.beam.sdk.io.fs.MoveOptions;
import org.apache.beam.sdk.io.fs.ResolveOptions;
import org.apache.beam.sdk.io.fs.ResourceId;
import org.apache.beam.sdk.options.PipelineOptions;

/**
 * A store in this process, {@code hostile://folder/name}, whose files do what a test wants: between
 * the bytes that they have read, and when they are listed.
 */
public final class HostileStore implements FileSystemRegistrar {
  private static final String SCHEME = "hostile";
  private static final Map<String, File> FILES = new ConcurrentSkipListMap<>();

  /** Listings that are still to fail. */
  static final AtomicInteger FAILING_LISTS = new AtomicInteger();

  /** What happens when the second half of a file is read. */
  interface Act {
    void run() throws IOException;
  }

  private record File(byte[] bytes, long modified, boolean listedOnly, Act act) {}

  static void put(String path, String text) {
    put(path, text, () -> {});
  }

  static void put(String path, String text, Act act) {
    long version = FILES.containsKey(path) ? FILES.get(path).modified() + 1 : 1;
    FILES.put(path, new File(text.getBytes(UTF_8), version, false, act));
  }

  /** Is found in its folder, and is gone when it is asked for. */
  static void putListedOnly(String path) {
    FILES.put(path, new File(new byte[0], 1, true, () -> {}));
  }

  static void delete(String path) {
    FILES.remove(path);
  }

  @Override
  public Iterable<FileSystem<?>> fromOptions(PipelineOptions options) {
    return List.of(new Files());
  }

  private record Id(String path) implements ResourceId {
    @Override
    public ResourceId resolve(String other, ResolveOptions options) {
      throw new UnsupportedOperationException(other);
    }

    @Override
    public ResourceId getCurrentDirectory() {
      return new Id(path.substring(0, path.lastIndexOf('/') + 1));
    }

    @Override
    public String getScheme() {
      return SCHEME;
    }

    @Override
    public String getFilename() {
      return path.substring(path.lastIndexOf('/') + 1);
    }

    @Override
    public boolean isDirectory() {
      return path.endsWith("/");
    }

    @Override
    public String toString() {
      return path;
    }
  }

  private static final class Files extends FileSystem<Id> {
    @Override
    protected List<MatchResult> match(List<String> specs) throws IOException {
      if (FAILING_LISTS.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
        throw new IOException("the listing was cut off");
      }
      return specs.stream().map(Files::match).toList();
    }

    private static MatchResult match(String spec) {
      boolean isFolder = spec.endsWith("*");
      Pattern pattern =
          Pattern.compile(Pattern.quote(spec).replace("*", "\\E.*\\Q").replace("?", "\\E.\\Q"));
      List<MatchResult.Metadata> found =
          FILES.entrySet().stream()
              .filter(file -> pattern.matcher(file.getKey()).matches())
              .filter(file -> isFolder || !file.getValue().listedOnly())
              .map(file -> metadata(file.getKey(), file.getValue()))
              .toList();
      return MatchResult.create(
          found.isEmpty() ? MatchResult.Status.NOT_FOUND : MatchResult.Status.OK, found);
    }

    private static MatchResult.Metadata metadata(String path, File file) {
      return MatchResult.Metadata.builder()
          .setResourceId(new Id(path))
          .setSizeBytes(file.bytes().length)
          .setLastModifiedMillis(file.modified())
          .setIsReadSeekEfficient(false)
          .build();
    }

    @Override
    protected ReadableByteChannel open(Id id) throws IOException {
      File file = FILES.get(id.path());
      if (file == null || file.listedOnly()) {
        throw new FileNotFoundException(id.path());
      }
      return new Halves(file);
    }

    @Override
    protected Id matchNewResource(String path, boolean isDirectory) {
      return new Id(path);
    }

    @Override
    protected String getScheme() {
      return SCHEME;
    }

    @Override
    protected WritableByteChannel create(Id id, CreateOptions options) {
      throw new UnsupportedOperationException();
    }

    @Override
    protected void copy(List<Id> from, List<Id> to) {
      throw new UnsupportedOperationException();
    }

    @Override
    protected void rename(List<Id> from, List<Id> to, MoveOptions... options) {
      throw new UnsupportedOperationException();
    }

    @Override
    protected void delete(Collection<Id> ids) {
      throw new UnsupportedOperationException();
    }
  }

  /** Hands a file out in two reads. */
  private static final class Halves implements ReadableByteChannel {
    private final File file;
    private final ByteBuffer left;
    private boolean hasActed;

    Halves(File file) {
      this.file = file;
      this.left = ByteBuffer.wrap(file.bytes());
    }

    @Override
    public int read(ByteBuffer buffer) throws IOException {
      int half = file.bytes().length / 2;
      if (left.position() >= half && !hasActed) {
        hasActed = true;
        file.act().run();
      }
      if (!left.hasRemaining()) {
        return -1;
      }
      int end = left.position() < half ? half : left.capacity();
      int count = Math.min(buffer.remaining(), end - left.position());
      buffer.put(left.slice(left.position(), count));
      left.position(left.position() + count);
      return count;
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {}
  }
}
