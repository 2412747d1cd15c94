package com.nomadicml.beam.imports.lane;

import com.nomadicml.beam.api.ApiException;
import com.nomadicml.beam.api.ApiException.Kind;
import com.nomadicml.beam.api.Folder;
import com.nomadicml.beam.api.ImportJobInfo;
import com.nomadicml.beam.api.Integration;
import com.nomadicml.beam.api.KeyVerification;
import com.nomadicml.beam.api.NewIntegration;
import com.nomadicml.beam.api.NomadicApi;
import com.nomadicml.beam.api.PageRequest;
import com.nomadicml.beam.api.SubmitAnswer;
import com.nomadicml.beam.api.SubmitRequest;
import com.nomadicml.beam.api.VideoPage;
import com.nomadicml.beam.api.VideoRow;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import javax.annotation.Nullable;

/** An API in memory, by the test's clock: takes imports, and fails as often as it is told to. */
final class ModelApi implements NomadicApi {
  private static final int TOO_LARGE = 413;

  private final Clock clock;
  private final Random random;

  /** Percent of requests that are not answered as asked. */
  int faults;

  /** Whether it fails all. */
  boolean isAway;

  /** How it does. */
  int awayStatus = 503;

  /** Every so many pages one is refused for the rate; 0 for none. */
  int refusedReads;

  /** Whether it answers all but pages. */
  boolean hasNoPages;

  boolean honoursKeys = true;
  int maxItems = Integer.MAX_VALUE;

  /** How long a video takes. */
  Duration processing = Duration.ofSeconds(5);

  /** How long a job is not found after it was taken. */
  Duration hidden = Duration.ZERO;

  /** Why a URI is not imported, or null. */
  @Nullable String failure;

  /** What becomes of a URI, where {@link #failure} is null. */
  Function<String, Fate> fates = uri -> Fate.UPLOADED;

  /** How the next imports are answered, before all else. */
  final Deque<ApiException> nextImports = new ArrayDeque<>();

  /** Buckets that imports of are answered like this. */
  final Map<String, ApiException> denied = new HashMap<>();

  final Map<String, Integer> timesAccepted = new HashMap<>();
  final Map<String, Integer> sendsByKey = new HashMap<>();
  final Map<String, SubmitRequest> bodyByKey = new HashMap<>();
  private final Map<String, String> jobByKey = new HashMap<>();
  private final Map<String, Job> jobs = new HashMap<>();
  private final Map<String, Integer> readsAtDoubt = new HashMap<>();
  int requests;
  int lost;
  int folders;

  /** Requests to read something that were answered as asked. */
  int reads;

  /** Imports that were sent again before anything could be read. */
  int hasty;

  /** What becomes of a video. */
  enum Fate {
    UPLOADED,
    FAILED,
    /** Fails the first time. */
    FAILED_ONCE,
    NEVER_SHOWN
  }

  private record Job(
      SortedMap<String, VideoRow> rows, int total, Instant takenAt, Instant doneAt) {}

  ModelApi(Clock clock, Random random) {
    this.clock = clock;
    this.random = random;
  }

  @Override
  public SubmitAnswer submit(SubmitRequest request, String key) throws ApiException {
    requests++;
    if (readsAtDoubt.getOrDefault(key, -1) >= reads) {
      hasty++;
    }
    if (!nextImports.isEmpty()) {
      throw inDoubt(key, nextImports.remove());
    }
    ApiException fault = fault(true);
    if (fault != null && random.nextBoolean()) {
      throw inDoubt(key, fault);
    }
    if (denied.containsKey(request.bucket())) {
      throw denied.get(request.bucket());
    }
    sendsByKey.merge(key, 1, Integer::sum);
    SubmitRequest before = bodyByKey.putIfAbsent(key, request);
    if (before != null && !before.equals(request)) {
      throw new IllegalStateException("a key has come with another body");
    }
    if (request.keys().size() > maxItems) {
      throw new ApiException(Kind.PERMANENT, TOO_LARGE, "too large");
    }
    if (fault != null && fault.kind() == Kind.RETRYABLE) {
      throw fault;
    }
    String job = honoursKeys ? jobByKey.get(key) : null;
    if (job == null) {
      job = take(request);
      jobByKey.put(key, job);
    }
    if (fault != null) {
      lost++;
      throw inDoubt(key, fault);
    }
    return new SubmitAnswer(job, List.of());
  }

  private String take(SubmitRequest request) {
    String job = "ij_" + jobs.size();
    SortedMap<String, VideoRow> rows = new TreeMap<>();
    for (String name : request.keys()) {
      String uri = "s3://" + request.bucket() + "/" + name;
      int times = timesAccepted.merge(uri, 1, Integer::sum);
      Fate fate = failure == null ? fates.apply(uri) : Fate.FAILED;
      boolean fails = fate == Fate.FAILED || (fate == Fate.FAILED_ONCE && times == 1);
      if (fate != Fate.NEVER_SHOWN) {
        String id = String.format(Locale.ROOT, "%08x", (job + uri).hashCode());
        String error = failure == null ? "Transcoding failed" : failure;
        rows.put(
            id,
            new VideoRow(id, fails ? "UPLOADING_FAILED" : "UPLOADED", uri, fails ? error : null));
      }
    }
    Instant now = clock.instant();
    jobs.put(job, new Job(rows, request.keys().size(), now, now.plus(processing)));
    return job;
  }

  private ApiException inDoubt(String key, ApiException e) {
    if (e.kind() == Kind.OUTCOME_UNKNOWN) {
      readsAtDoubt.put(key, reads);
    }
    return e;
  }

  @Override
  public VideoPage importJobVideos(String importJobId, PageRequest page) throws ApiException {
    read();
    if (refusedReads > 0 && requests % refusedReads == 0) {
      throw new ApiException(Kind.RETRYABLE, 429, "slower");
    }
    if (hasNoPages) {
      throw new ApiException(Kind.RETRYABLE, 500, "no pages");
    }
    Job job = jobs.get(importJobId);
    if (clock.instant().isBefore(job.takenAt().plus(hidden))) {
      throw new ApiException(Kind.PERMANENT, 404, "job not found");
    }
    boolean isDone = !clock.instant().isBefore(job.doneAt());
    List<VideoRow> rows =
        new ArrayList<>(
            page.cursor() == null
                ? job.rows().values()
                : job.rows().tailMap(page.cursor() + "\0").values());
    boolean hasMore = rows.size() > page.limit();
    if (hasMore) {
      rows = rows.subList(0, page.limit());
    }
    reads++;
    return new VideoPage(
        job.total(),
        hasMore,
        hasMore ? rows.get(rows.size() - 1).videoId() : null,
        rows.stream()
            .map(
                row ->
                    isDone ? row : new VideoRow(row.videoId(), "PROCESSING", row.sourceUri(), null))
            .toList());
  }

  private void read() throws ApiException {
    requests++;
    ApiException fault = fault(false);
    if (fault != null) {
      throw fault;
    }
  }

  /** How a request fails this time, or null. */
  @Nullable
  private ApiException fault(boolean isImport) {
    if (isAway) {
      return new ApiException(Kind.RETRYABLE, awayStatus, "away");
    }
    if (random.nextInt(100) >= faults) {
      return null;
    }
    Kind lost = isImport ? Kind.OUTCOME_UNKNOWN : Kind.RETRYABLE;
    return switch (random.nextInt(6)) {
      case 0 -> new ApiException(lost, 500, "broken");
      case 1 -> new ApiException(lost, 0, "reset");
      case 2 -> new ApiException(lost, 200, "<html>");
      case 3 -> new ApiException(Kind.RETRYABLE, 429, "slower");
      case 4 -> new ApiException(Kind.RETRYABLE, 503, "busy");
      default -> new ApiException(Kind.RETRYABLE, 0, "not connected");
    };
  }

  @Override
  public List<Integration> integrations() throws ApiException {
    read();
    reads++;
    return List.of();
  }

  @Override
  public KeyVerification verifyKey() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Folder createOrGetFolder(String name, String scope) throws ApiException {
    folders++;
    read();
    return new Folder("id of " + name, name, scope);
  }

  @Override
  public Folder createFolder(String name, String scope, @Nullable String description) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Folder getFolder(String name, String scope) {
    throw new UnsupportedOperationException();
  }

  @Override
  public ImportJobInfo importJob(String importJobId) {
    throw new UnsupportedOperationException();
  }

  @Override
  public VideoRow videoStatus(String videoId) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Integration addIntegration(NewIntegration integration) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Map<String, Object> storageTransferSetup() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Integration getIntegration(String id) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void deleteIntegration(String id) {
    throw new UnsupportedOperationException();
  }
}
