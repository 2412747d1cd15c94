import java.io.IOException;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;

/** Writes the same 10,000 lines every time: {@code java examples/GenerateFleet10k.java [file]}. */
public final class GenerateFleet10k {
  private static final int LINES = 10_000;
  private static final int SETS = 300;
  private static final int DUPLICATE_SINGLES = 110;
  private static final int DUPLICATE_SETS = 10;
  private static final int DUPLICATES = DUPLICATE_SINGLES + DUPLICATE_SETS;
  private static final int BAD = 60;
  private static final int CORRUPT = 40;
  private static final int CLIPS_A_DAY = 500;
  private static final int SECONDS_A_CLIP = 86_400 / CLIPS_A_DAY;

  private static final String HF = "hf://buckets/nomadic/demo/";
  private static final List<String> SET_BUCKETS =
      List.of(
          "gs://fleet-recordings/", "gs://fleet-archive/", "s3://drive-data/", "s3://r2-clips/");
  private static final List<String> BUCKETS =
      Stream.concat(SET_BUCKETS.stream(), Stream.of(HF)).toList();
  private static final List<String> FOLDERS = List.of("", "depot-north", "depot-south", "rigs");
  private static final List<String> VEHICLES = List.of("truck-", "van-", "shuttle-");
  private static final List<String> CAMERAS = List.of("front-", "left-", "right-", "rear-");
  private static final String HOSTILE =
      "two words|two  spaces|a+b|a + b|50% grade|already%20encoded|percent%2Bplus|bad%zzescape"
          + "|what?|clip?take=2&cam=1|#1|take #2?|rain, dusk|a,b,c|a \"test\", at night|semi;colon%"
          + "|M\u00fcnchen Stra\u00dfe|\u6771\u4eac|de\u0301compose\u0301|\ud83d\ude9a truck";

  private final Random random = new Random(20261124);
  private int clips;

  /** The item is what the line asks for; a bad line asks for nothing. */
  private record Line(String text, String item) {}

  public static void main(String[] args) throws IOException {
    Path file = Path.of(args.length > 0 ? args[0] : "examples/fleet-10k.csv.gz");
    List<Line> lines = new GenerateFleet10k().lines();
    long distinctLines = lines.stream().distinct().count();
    long items = lines.stream().map(Line::item).filter(i -> !i.isEmpty()).distinct().count();
    if (lines.size() != LINES
        || distinctLines != LINES - DUPLICATES
        || items != LINES - DUPLICATES - BAD) {
      throw new IllegalStateException("a line or an item repeats by accident");
    }
    try (OutputStreamWriter out =
        new OutputStreamWriter(
            new GZIPOutputStream(Files.newOutputStream(file)), StandardCharsets.UTF_8)) {
      out.write("uri,front,left,right,rear,folder\n");
      for (Line line : lines) {
        out.write(line.text() + "\n");
      }
    }
    System.err.printf(
        "%s: %d lines; %d duplicates (%d of sets), %d bad, %d corrupt, %d sets, %d items%n",
        file, LINES, DUPLICATES, DUPLICATE_SETS, BAD, CORRUPT, SETS, items);
  }

  private List<Line> lines() {
    List<Line> sets = Stream.generate(this::set).limit(SETS).toList();
    List<Line> lines = new ArrayList<>(sets);
    IntStream.range(0, BAD).forEach(number -> lines.add(bad(number)));
    IntStream.range(0, CORRUPT).forEach(i -> lines.add(single("-corrupt")));
    Stream.of(HOSTILE.split("\\|")).forEach(name -> lines.add(single(" " + name)));
    List<Line> singles =
        Stream.generate(() -> single("")).limit(LINES - DUPLICATES - lines.size()).toList();
    lines.addAll(singles);
    Collections.shuffle(lines, random);
    singles.stream().limit(DUPLICATE_SINGLES).forEach(line -> repeat(line, lines));
    sets.stream().limit(DUPLICATE_SETS).forEach(line -> repeat(line, lines));
    return lines;
  }

  private void repeat(Line line, List<Line> lines) {
    int next = lines.indexOf(line) + 1;
    lines.add(next + random.nextInt(lines.size() - next + 1), line);
  }

  private Line single(String suffix) {
    String uri = any(BUCKETS) + clip() + suffix + ".mp4";
    String folder = any(FOLDERS);
    return new Line(row(uri, "", "", "", "", folder), folder + " " + uri);
  }

  private Line set() {
    String stem = any(SET_BUCKETS) + "rigs/" + clip();
    String front = stem + "/front.mp4";
    boolean sides = random.nextInt(4) > 0;
    String left = sides ? stem + "/left.mp4" : "";
    String right = sides ? stem + "/right.mp4" : "";
    String folder = any(FOLDERS);
    return new Line(row("", front, left, right, stem + "/rear.mp4", folder), folder + " " + front);
  }

  private Line bad(int number) {
    int index = number / 8 % SET_BUCKETS.size();
    String bucket = SET_BUCKETS.get(index);
    String sameCloud = SET_BUCKETS.get(index ^ 1);
    String noKey = number < BAD / 2 ? bucket : bucket.substring(0, bucket.length() - 1);
    String name = clip();
    String key = name + ".mp4";
    String folder = any(FOLDERS);
    String text =
        switch (number % 8) {
          case 0 -> row(bucket + name + ".mov", "", "", "", "", folder);
          case 1 -> row(bucket + name + "-*.mp4", "", "", "", "", folder);
          case 2 -> row("https://videos.example.com/" + key, "", "", "", "", folder);
          case 3 -> row(noKey, "", "", "", "", folder);
          case 4 -> row("", "", bucket + "left/" + key, bucket + "right/" + key, "", folder);
          case 5 -> row("", bucket + "front/" + key, "", "", sameCloud + "rear/" + key, folder);
          case 6 -> row("", HF + "front/" + key, "", "", HF + "rear/" + key, folder);
          default -> row(key, "", "", "", "", folder);
        };
    return new Line(text, "");
  }

  /** A later second at every call, so that no two are the same. */
  private String clip() {
    LocalDate date = LocalDate.of(2026, 11, 1).plusDays(clips / CLIPS_A_DAY);
    int second = clips++ % CLIPS_A_DAY * SECONDS_A_CLIP + random.nextInt(SECONDS_A_CLIP);
    String time = LocalTime.ofSecondOfDay(second).format(DateTimeFormatter.ofPattern("HHmmss"));
    return date + "/" + any(VEHICLES) + (10 + random.nextInt(60)) + "/" + any(CAMERAS) + time;
  }

  private <T> T any(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }

  private static String row(String... values) {
    return Stream.of(values)
        .map(v -> v.matches(".*[,\"].*") ? '"' + v.replace("\"", "\"\"") + '"' : v)
        .collect(Collectors.joining(","));
  }
}
