package com.nomadicml.beam.manifest;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.nomadicml.beam.manifest.EntryMapperTest.Lines;
import com.nomadicml.beam.model.ManifestEntry;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Small good manifests, written in all the ways that people write them, and damaged ones. A failure
 * names its seed: {@link #good} and {@link #damaged} with this seed alone do the same again.
 */
@Tag("small-heap")
class ManifestFuzzTest {
  /** {@code CONTRIBUTING.md} has the command for more of them. */
  private static final int CASES = Integer.getInteger("nomadic.fuzz.cases", 1_000);

  /** A format, by how a manifest of some URIs is written in it, each URI on a line of its own. */
  enum Format {
    TXT(ManifestFormat.TXT) {
      @Override
      List<String> lines(Random random, List<String> uris) {
        List<String> lines = new ArrayList<>();
        for (String uri : uris) {
          blanks(random, lines, "", "# comment");
          lines.add(uri);
        }
        return lines;
      }
    },
    CSV(ManifestFormat.CSV) {
      @Override
      List<String> lines(Random random, List<String> uris) {
        return delimited(random, uris);
      }
    },
    TSV(ManifestFormat.TSV) {
      @Override
      List<String> lines(Random random, List<String> uris) {
        return delimited(random, uris);
      }
    },
    JSONL(ManifestFormat.JSONL) {
      @Override
      List<String> lines(Random random, List<String> uris) {
        List<String> lines = new ArrayList<>();
        for (String uri : uris) {
          blanks(random, lines, "", "  ");
          lines.add(json(random, uri));
        }
        return lines;
      }
    },
    JSON(ManifestFormat.JSON) {
      @Override
      List<String> lines(Random random, List<String> uris) {
        List<String> lines = new ArrayList<>(List.of("["));
        for (String uri : uris) {
          lines.add(json(random, uri) + (lines.size() < uris.size() ? "," : ""));
        }
        lines.add("]");
        return lines;
      }
    };

    final ManifestFormat format;

    Format(ManifestFormat format) {
      this.format = format;
    }

    abstract List<String> lines(Random random, List<String> uris);

    private static void blanks(Random random, List<String> lines, String... blanks) {
      for (int i = random.nextInt(3); i > 1; i--) {
        lines.add(blanks[random.nextInt(blanks.length)]);
      }
    }

    private static String json(Random random, String uri) {
      return switch (random.nextInt(3)) {
        case 0 -> "\"" + uri + "\"";
        case 1 -> "{\"uri\": \"" + uri + "\", \"speed\": NaN}";
        default -> "{\"id\": 7, \"uri\": \"" + uri + "\", \"nested\": {\"of\": [1, {}]}}";
      };
    }

    private static List<String> delimited(Random random, List<String> uris) {
      char delimiter = ",;\t|".charAt(random.nextInt(4));
      boolean second = random.nextBoolean();
      List<String> lines = new ArrayList<>();
      if (random.nextInt(4) == 0) {
        lines.add("sep=" + delimiter);
      }
      lines.add(second ? "\u00A0URI\u200B" + delimiter + "vehicle" : "id" + delimiter + "uri");
      for (String uri : uris) {
        boolean quoted = uri.indexOf(delimiter) >= 0 || random.nextBoolean();
        String cell = quoted ? "\"" + uri + "\"" : uri;
        lines.add(
            second ? cell + (random.nextBoolean() ? delimiter + "v" : "") : "1" + delimiter + cell);
      }
      return lines;
    }
  }

  @ParameterizedTest
  @EnumSource
  @Timeout(600)
  void good(Format format) {
    for (int seed = 0; seed < CASES; seed++) {
      good(format, seed);
    }
  }

  private static void good(Format format, int seed) {
    String place = format + ", seed " + seed;
    Random random = new Random(seed);
    List<String> uris = uris(random);
    List<String> lines = format.lines(random, uris);
    byte[] text = encoded(random, ended(random, lines));
    Compressed compressed = Compressed.values()[random.nextInt(Compressed.values().length)];
    try {
      Lines found = read(format, compressed.of(text));
      assertThat(found.rejections).as(place).isEmpty();
      assertThat(found.entries)
          .as(place)
          .extracting(ManifestEntry::getSourceUri)
          .containsExactlyElementsOf(uris);
      assertThat(found.entries)
          .as(place)
          .allSatisfy(
              entry ->
                  assertThat(lines.get((int) entry.getLine() - 1)).contains(entry.getSourceUri()));
    } catch (IOException | RuntimeException e) {
      throw new AssertionError(place, e);
    }
  }

  @ParameterizedTest
  @EnumSource
  @Timeout(600)
  void damaged(Format format) {
    for (int seed = 0; seed < CASES; seed++) {
      damaged(format, seed);
    }
  }

  private static void damaged(Format format, int seed) {
    String place = format + ", seed " + seed;
    Random random = new Random(seed);
    byte[] text = encoded(random, ended(random, format.lines(random, uris(random))));
    Compressed compressed = Compressed.values()[random.nextInt(Compressed.values().length)];
    byte[] damaged =
        random.nextBoolean()
            ? damaged(random, compressed.of(text))
            : compressed.of(damaged(random, text));
    try {
      Lines found = read(format, damaged);
      boolean isCountable = compressed == Compressed.NONE && damaged.length > 4 && isUtf8(damaged);
      if (isCountable && (format == Format.TXT || format == Format.JSONL)) {
        int rows = found.entries.size() + found.rejections.size() + found.blank;
        assertThat(rows).as(place).isEqualTo(linesOf(damaged));
      }
    } catch (ManifestException | IOException e) {
      assertThat(e.getMessage()).as(place).isNotBlank().doesNotContain("\n", "\r");
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
      throw new AssertionError(place, e);
    }
  }

  @ParameterizedTest
  @EnumSource
  @Timeout(600)
  void whatIsCutShortImportsNothingElse(Format format) {
    for (int seed = 0; seed < CASES; seed++) {
      String place = format + ", seed " + seed;
      Random random = new Random(seed);
      List<String> uris = uris(random);
      byte[] text = encoded(random, ended(random, format.lines(random, uris)));
      Compressed compressed = Compressed.values()[random.nextInt(Compressed.values().length)];
      byte[] whole = compressed.of(text);
      byte[] cut = Arrays.copyOf(whole, random.nextInt(whole.length));
      try {
        Lines found = read(format, cut);
        assertThat(compressed == Compressed.NONE || cut.length < 10).as(place).isTrue();
        assertThat(uris)
            .as(place)
            .containsAll(found.entries.stream().map(ManifestEntry::getSourceUri).toList());
      } catch (ManifestException | IOException e) {
        assertThat(e.getMessage()).as(place).isNotBlank();
      } catch (RuntimeException e) {
        throw new AssertionError(place, e);
      }
    }
  }

  private static Lines read(Format format, byte[] file) throws IOException {
    try (InputStream in = Decompression.open(new ByteArrayInputStream(file), "m")) {
      return Lines.of(format.format, in.readAllBytes(), null);
    } catch (EOFException e) {
      throw new ManifestException("the file is cut short", e);
    }
  }

  private static List<String> uris(Random random) {
    // ".mp4" is none: what is left of a URI that is cut must be no URI.
    String[] pieces = {"clip", " ", "é", "😀", ",", ";", "|", "#", "%2F", "+", "'", "4.", "\u00A0"};
    List<String> uris = new ArrayList<>();
    for (int i = 1 + random.nextInt(5); i > 0; i--) {
      StringBuilder uri = new StringBuilder(random.nextBoolean() ? "s3://b/x" : "gs://b/x");
      for (int j = random.nextInt(5); j > 0; j--) {
        uri.append(pieces[random.nextInt(pieces.length)]);
      }
      uris.add(uri.append(i).append(".mp4").toString());
    }
    return uris;
  }

  private static String ended(Random random, List<String> lines) {
    String[] ends = {"\n", "\r\n", "\r"};
    int one = random.nextInt(4);
    StringBuilder text = new StringBuilder();
    for (String line : lines) {
      String end = ends[one < 3 ? one : random.nextInt(3)];
      boolean joins = line.isEmpty() && end.equals("\n") && text.toString().endsWith("\r");
      text.append(line).append(joins ? "\r\n" : end);
    }
    if (random.nextInt(3) == 0) {
      text.setLength(text.length() - (text.toString().endsWith("\r\n") ? 2 : 1));
    }
    return text.toString();
  }

  private static byte[] encoded(Random random, String text) {
    Charset charset = List.of(UTF_8, UTF_8, UTF_16LE, UTF_16BE).get(random.nextInt(4));
    int marks = charset == UTF_8 ? random.nextInt(4) : 1 + random.nextInt(2);
    return ("\uFEFF".repeat(marks) + text).getBytes(charset);
  }

  private static byte[] damaged(Random random, byte[] bytes) {
    ByteArrayOutputStream damaged = new ByteArrayOutputStream();
    int one = random.nextInt(Math.max(1, bytes.length));
    int length = Math.min(bytes.length - one, random.nextInt(8));
    damaged.write(bytes, 0, one);
    switch (random.nextInt(4)) {
      case 0 -> random.ints(length + 1).forEach(damaged::write);
      case 1 ->
          damaged.writeBytes(
              "\"{[\\\0,;\r\n\uFEFF“\u202E<>".substring(0, 1 + random.nextInt(13)).getBytes(UTF_8));
      case 2 -> damaged.write(bytes, 0, one);
      default -> damaged.write(bytes[one] ^ (1 << random.nextInt(8)));
    }
    damaged.write(bytes, one + length, bytes.length - one - length);
    return damaged.toByteArray();
  }

  private static boolean isUtf8(byte[] file) throws IOException {
    return TextInput.of(new ByteArrayInputStream(file)).charset().equals(UTF_8);
  }

  private static int linesOf(byte[] file) throws IOException {
    byte[] text = TextInput.of(new ByteArrayInputStream(file)).bytes().readAllBytes();
    String[] lines = new String(text, ISO_8859_1).split("\r\n|\r|\n", -1);
    return lines[lines.length - 1].isEmpty() ? lines.length - 1 : lines.length;
  }
}
