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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
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

  /** Whether it answers all but pages. */
  boolean hasNoPages;

  boolean honoursKeys = true;
  int maxItems = Integer.MAX_VALUE;

  /** How long a video takes. */
  Duration processing = Duration.ofSeconds(5);

  /** Why a URI is not imported, or null. */
  @Nullable String failure;

  final Map<String, Integer> timesAccepted = new HashMap<>();
  final Map<String, Integer> sendsByKey = new HashMap<>();
  final Map<String, SubmitRequest> bodyByKey = new HashMap<>();
  private final Map<String, String> jobByKey = new HashMap<>();
  private final Map<String, Job> jobs = new HashMap<>();
  int requests;
  int lost;

  private record Job(List<String> uris, Instant doneAt) {}

  ModelApi(Clock clock, Random random) {
    this.clock = clock;
    this.random = random;
  }

  @Override
  public SubmitAnswer submit(SubmitRequest request, String key) throws ApiException {
    fail(true);
    sendsByKey.merge(key, 1, Integer::sum);
    SubmitRequest before = bodyByKey.putIfAbsent(key, request);
    if (before != null && !before.equals(request)) {
      throw new IllegalStateException("a key has come with another body");
    }
    if (request.keys().size() > maxItems) {
      throw new ApiException(Kind.PERMANENT, TOO_LARGE, "too large");
    }
    String job = honoursKeys ? jobByKey.get(key) : null;
    if (job == null) {
      job = "ij_" + jobs.size();
      List<String> uris = new ArrayList<>();
      for (String name : request.keys()) {
        String uri = "s3://" + request.bucket() + "/" + name;
        uris.add(uri);
        timesAccepted.merge(uri, 1, Integer::sum);
      }
      jobs.put(job, new Job(uris, clock.instant().plus(processing)));
      jobByKey.put(key, job);
    }
    if (random.nextInt(100) < faults) {
      lost++;
      throw new ApiException(Kind.OUTCOME_UNKNOWN, 0, "no answer");
    }
    return new SubmitAnswer(job, List.of());
  }

  @Override
  public VideoPage importJobVideos(String importJobId, PageRequest page) throws ApiException {
    fail(false);
    if (hasNoPages) {
      throw new ApiException(Kind.RETRYABLE, 500, "no pages");
    }
    Job job = jobs.get(importJobId);
    boolean isDone = !clock.instant().isBefore(job.doneAt());
    String done = failure == null ? "UPLOADED" : "UPLOADING_FAILED";
    List<VideoRow> rows = new ArrayList<>();
    for (String uri : job.uris()) {
      rows.add(new VideoRow(importJobId + uri, isDone ? done : "PROCESSING", uri, failure));
    }
    return new VideoPage(job.uris().size(), false, null, rows);
  }

  private void fail(boolean isImport) throws ApiException {
    requests++;
    if (isAway) {
      throw new ApiException(Kind.RETRYABLE, awayStatus, "away");
    }
    if (random.nextInt(100) < faults) {
      boolean isTaken = !isImport || random.nextBoolean();
      throw new ApiException(isTaken ? Kind.RETRYABLE : Kind.OUTCOME_UNKNOWN, 503, "busy");
    }
  }

  @Override
  public List<Integration> integrations() throws ApiException {
    fail(false);
    return List.of();
  }

  @Override
  public KeyVerification verifyKey() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Folder createOrGetFolder(String name, String scope) throws ApiException {
    fail(false);
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
