package com.nomadicml.beam.emulator;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What works behind the API: takes imports, and decides when each video is what. */
final class Backend {
  private final EmulatorOptions options;
  private final Clock clock;
  private final Faults faults;
  private final Integrations integrations;
  private final Map<String, EmulatedJob> jobs = new HashMap<>();
  private final Map<String, EmulatedVideo> videos = new HashMap<>();
  private final Map<String, EmulatedJob> jobsByKey = new HashMap<>();
  private final Map<String, Integer> timesAccepted = new HashMap<>();
  private final Map<String, VideoFate> fates = new HashMap<>();
  private double busyUntil;

  Backend(EmulatorOptions options, Clock clock, Faults faults, Integrations integrations) {
    this.options = options;
    this.clock = clock;
    this.faults = faults;
    this.integrations = integrations;
  }

  /** Accepts an import; the same key gets the same job when keys are honoured. */
  synchronized EmulatedJob accept(ImportRequest request, String idempotencyKey) {
    boolean honoured =
        idempotencyKey != null && options.idempotency == EmulatorOptions.Idempotency.HONOUR;
    if (honoured && jobsByKey.containsKey(idempotencyKey)) {
      return jobsByKey.get(idempotencyKey);
    }
    long now = clock.millis();
    String jobId =
        String.format(Locale.ROOT, "ij_%012x", Faults.mix(options.seed + jobs.size()) >>> 16);
    List<String> videoIds = new ArrayList<>();
    List<EmulatedVideo> rows = new ArrayList<>();
    for (int i = 0; i < request.sets().size(); i++) {
      RequestedSet set = request.sets().get(i);
      timesAccepted.merge(request.destination(set.uri()), 1, Integer::sum);
      int before = rows.size();
      videoIds.add(addRows(rows, request, set, jobId + "/" + i, now));
      VideoFate fate = VideoFate.of(rows.subList(before, rows.size()));
      fates.merge(request.destination(set.uri()), fate, VideoFate::better);
    }
    if (faults.hits(options.strangerRows, "stranger", jobId)) {
      RequestedSet nobodyAsked = RequestedSet.single("s3://elsewhere/nobody-asked.mp4");
      rows.add(row(request, nobodyAsked, jobId + "/stranger", now));
    }
    rows.sort(Comparator.comparing(EmulatedVideo::id));
    EmulatedJob job =
        new EmulatedJob(
            jobId,
            request.source(),
            request.bucket(),
            request.folderId(),
            request.multiView(),
            request.sets().size(),
            now,
            List.copyOf(videoIds),
            List.copyOf(rows));
    jobs.put(jobId, job);
    rows.forEach(row -> videos.put(row.id(), row));
    if (honoured) {
      jobsByKey.put(idempotencyKey, job);
    }
    return job;
  }

  synchronized EmulatedJob job(String id) {
    EmulatedJob job = jobs.get(id);
    if (job == null || clock.millis() < job.acceptedAt() + options.notFoundFor.toMillis()) {
      throw new ApiError(404, "Import job not found");
    }
    return job;
  }

  synchronized EmulatedVideo video(String id) {
    EmulatedVideo video = videos.get(id);
    if (video == null) {
      throw new ApiError(404, "Video not found");
    }
    return video;
  }

  synchronized void delete(String videoId) {
    videos.remove(video(videoId).id());
  }

  synchronized List<EmulatedVideo> videos() {
    return List.copyOf(videos.values());
  }

  synchronized Map<String, Integer> timesAccepted() {
    return Map.copyOf(timesAccepted);
  }

  synchronized Map<String, VideoFate> fates() {
    return Map.copyOf(fates);
  }

  synchronized long lastDoneAt() {
    return videos.values().stream().mapToLong(EmulatedVideo::doneAt).max().orElse(0);
  }

  synchronized int jobCount() {
    return jobs.size();
  }

  /** Adds the rows of a requested video or set and returns its id. */
  private String addRows(
      List<EmulatedVideo> rows, ImportRequest request, RequestedSet set, String seed, long now) {
    EmulatedVideo video = row(request, set, seed, now);
    rows.add(video);
    if (faults.hits(options.duplicateRows, "duplicate", seed)) {
      rows.add(row(request, set, seed + "/again", now));
    }
    return video.id();
  }

  private EmulatedVideo row(ImportRequest request, RequestedSet set, String seed, long now) {
    String uri = set.uri();
    double start = Math.max((double) now, busyUntil);
    if (options.videosPerSecond > 0) {
      busyUntil = start + 1_000 / options.videosPerSecond;
    }
    boolean isLate =
        uri.contains("://" + options.slowBucket + "/")
            || faults.hits(options.slowRows, "slow", seed);
    double slow = isLate ? options.slowBy.toMillis() : 0;
    long shownAt =
        (long) (start + slow + faults.fraction("appear", seed) * options.appearWithin.toMillis());
    long doneAt =
        shownAt + (long) (faults.fraction("process", seed) * options.processWithin.toMillis());
    boolean missing = faults.hits(options.missingRows, "missing", seed);
    return new EmulatedVideo(
        videoId(seed),
        faults.hits(options.reencodedUris, "reencoded", seed) ? reencoded(uri) : uri,
        missing ? Long.MAX_VALUE : shownAt,
        missing ? Long.MAX_VALUE : doneAt,
        failure(request, uri, seed),
        faults.hits(options.unknownStatuses, "status", seed) ? "DREAMING" : "PROCESSING",
        set.isMultiView() ? views(request, set, seed) : null);
  }

  private EmulatedViews views(ImportRequest request, RequestedSet set, String seed) {
    Map<String, String> ids = new LinkedHashMap<>();
    List<String> failed = new ArrayList<>();
    set.views()
        .forEach(
            (view, uri) -> {
              boolean isFront = uri.equals(set.uri());
              String ofView = seed + "/" + view;
              ids.put(view, videoId(isFront ? seed : ofView));
              if (!isFront
                  && (faults.hits(options.failedViews, "view", ofView)
                      || unreadable(request, uri) != null)) {
                failed.add(view);
              }
            });
    return new EmulatedViews(videoId(seed + "/set"), ids, failed);
  }

  /** Why a video fails, or null: failures are rows, never answers (vendor page). */
  private String failure(ImportRequest request, String uri, String seed) {
    String unreadable = unreadable(request, uri);
    boolean fails = faults.hits(options.failedRows, "failed", seed);
    return unreadable == null && fails ? "Transcoding failed" : unreadable;
  }

  private String unreadable(ImportRequest request, String uri) {
    if (request.integrationId() != null
        && !integrations.reads(request.integrationId(), request.source(), request.bucket())) {
      return "The integration can't read this bucket";
    }
    String lower = uri.toLowerCase(Locale.ROOT);
    if (request.bucket() == null
        || request.bucket().contains("denied")
        || request.bucket().contains("forbidden")) {
      return "Access denied";
    }
    if (!lower.endsWith(".mp4")) {
      return "Only .mp4 files can be imported";
    }
    if (lower.contains("corrupt") || lower.contains("unreadable")) {
      return "The file is not a readable video";
    }
    return null;
  }

  /** As a server would that percent-encodes every byte of the key that is not plain. */
  private static String reencoded(String uri) {
    int key = uri.indexOf('/', uri.indexOf("://") + 3) + 1;
    StringBuilder encoded = new StringBuilder(uri.substring(0, key));
    for (byte octet : uri.substring(key).getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (octet & 0xff);
      boolean plain = c < 128 && (Character.isLetterOrDigit(c) || "/-_.~".indexOf(c) >= 0);
      encoded.append(plain ? String.valueOf(c) : String.format(Locale.ROOT, "%%%02X", (int) c));
    }
    return encoded.toString();
  }

  private String videoId(String seed) {
    long high = Faults.mix(Faults.hash(seed) ^ options.seed);
    return String.format(Locale.ROOT, "%016x%016x", high, Faults.mix(high));
  }
}
