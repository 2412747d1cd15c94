import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * What a shaded jar is made of: bytes and entries by the dependency that brings them, the largest
 * first. Ends with 1 if the jar is larger than it may be.
 *
 * <p>Run by the build: {@code java JarContent.java JAR MEGABYTES REPOSITORY CLASSPATH}.
 */
final class JarContent {
  private static final double MEGABYTE = 1e6;

  /** Headers of an entry in a zip file, twice its name aside. */
  private static final int HEADERS = 76;

  private record Share(long bytes, int entries) {
    Share plus(Share other) {
      return new Share(bytes + other.bytes, entries + other.entries);
    }
  }

  private JarContent() {}

  public static void main(String... args) throws IOException {
    Path jar = Path.of(args[0]);
    long limit = Long.parseLong(args[1]);
    Map<String, String> owners = owners(Path.of(args[2]), List.of(args[3].split(":")));
    Map<String, Share> shares = new HashMap<>();
    int entries = 0;
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      for (ZipEntry entry : (Iterable<ZipEntry>) zip.stream().map(ZipEntry.class::cast)::iterator) {
        entries++;
        shares.merge(
            owners.getOrDefault(entry.getName(), "(merged from several)"),
            new Share(entry.getCompressedSize() + HEADERS + 2L * entry.getName().length(), 1),
            Share::plus);
      }
    }
    System.out.printf(Locale.ROOT, "%8s %8s  %s%n", "MB", "entries", "owner");
    shares.entrySet().stream()
        .sorted(Map.Entry.comparingByValue(Comparator.comparingLong(Share::bytes).reversed()))
        .forEach(share -> print(share.getValue(), share.getKey()));
    print(new Share(Files.size(jar), entries), "all of " + jar.getFileName());
    if (Files.size(jar) > limit * MEGABYTE) {
      System.err.printf(
          Locale.ROOT,
          "%s has %.1f MB, more than %d: exclude what no import reaches, or raise the limit%n",
          jar.getFileName(),
          Files.size(jar) / MEGABYTE,
          limit);
      System.exit(1);
    }
  }

  private static void print(Share share, String owner) {
    System.out.printf(
        Locale.ROOT, "%8.2f %8d  %s%n", share.bytes() / MEGABYTE, share.entries(), owner);
  }

  /** Which dependency brings an entry: the first on the class path, as the shading has it. */
  private static Map<String, String> owners(Path repository, List<String> classpath)
      throws IOException {
    Map<String, String> owners = new HashMap<>();
    for (String place : classpath) {
      Path path = Path.of(place);
      if (Files.isRegularFile(path)) {
        try (ZipFile zip = new ZipFile(path.toFile())) {
          zip.stream()
              .forEach(entry -> owners.putIfAbsent(entry.getName(), name(repository, path)));
        }
      } else if (Files.isDirectory(path)) {
        try (var files = Files.walk(path)) {
          files.forEach(
              file -> owners.putIfAbsent(path.relativize(file).toString(), "this project"));
        }
      }
    }
    return owners;
  }

  /** The coordinates, which are the folders of a local repository. */
  private static String name(Path repository, Path jar) {
    if (!jar.startsWith(repository)) {
      return "this project";
    }
    Path artifact = repository.relativize(jar).getParent().getParent();
    return artifact.getParent().toString().replace('/', '.') + ":" + artifact.getFileName();
  }
}
