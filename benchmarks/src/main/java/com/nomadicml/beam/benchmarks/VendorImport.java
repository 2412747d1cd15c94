package com.nomadicml.beam.benchmarks;

import com.nomadicml.beam.api.ApiException;
import com.nomadicml.beam.api.ApiStatus;
import com.nomadicml.beam.api.NomadicApi;
import com.nomadicml.beam.api.PageRequest;
import com.nomadicml.beam.api.SubmitRequest;
import com.nomadicml.beam.api.VideoPage;
import com.nomadicml.beam.model.Provider;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * The loop of the vendor's examples, over HTTP and within the same quota: after the submits, each
 * poll reads all pages of every job that is not finished, ten seconds after the one before.
 */
final class VendorImport {
  private static final Duration INTERVAL = Duration.ofSeconds(10);
  private static final int PAGE_SIZE = 500;

  private final NomadicApi api;
  private final int batchSize;
  private final Map<String, String> folderIds = new LinkedHashMap<>();

  VendorImport(NomadicApi api, int batchSize) {
    this.api = api;
    this.batchSize = batchSize;
  }

  /** Imports it all, and returns how many videos ended as uploaded. */
  int run(FleetManifest manifest) throws ApiException, InterruptedException {
    api.verifyKey();
    Map<String, Integer> open = submitAll(manifest);
    int uploaded = 0;
    while (true) {
      for (String job : List.copyOf(open.keySet())) {
        int finished = uploadedOnceFinished(job, open.get(job));
        if (finished >= 0) {
          uploaded += finished;
          open.remove(job);
        }
      }
      if (open.isEmpty()) {
        return uploaded;
      }
      Thread.sleep(INTERVAL.toMillis());
    }
  }

  /** Sizes of jobs, by id. */
  private Map<String, Integer> submitAll(FleetManifest manifest) throws ApiException {
    Map<String, List<String>> batches = new LinkedHashMap<>();
    Map<String, Integer> jobs = new LinkedHashMap<>();
    for (FleetManifest.Item item : manifest.items()) {
      List<String> batch =
          batches.computeIfAbsent(item.bucket() + " " + item.folder(), id -> new ArrayList<>());
      batch.add(item.key());
      if (batch.size() == batchSize) {
        submit(item.bucket(), item.folder(), batch, jobs);
        batch.clear();
      }
    }
    for (Map.Entry<String, List<String>> rest : batches.entrySet()) {
      String[] target = rest.getKey().split(" ");
      if (!rest.getValue().isEmpty()) {
        submit(target[0], target[1], rest.getValue(), jobs);
      }
    }
    return jobs;
  }

  private void submit(String bucket, String folder, List<String> keys, Map<String, Integer> jobs)
      throws ApiException {
    if (!folderIds.containsKey(folder)) {
      folderIds.put(folder, api.createOrGetFolder(folder, "user").id());
    }
    SubmitRequest request =
        new SubmitRequest(
            Provider.S3, bucket, null, folderIds.get(folder), "user", List.copyOf(keys), List.of());
    jobs.put(api.submit(request, UUID.randomUUID().toString()).importJobId(), keys.size());
  }

  /** Reads a job's pages; how many of its videos are uploaded if all are terminal, else -1. */
  private int uploadedOnceFinished(String job, int size) throws ApiException {
    int uploaded = 0;
    int terminal = 0;
    String cursor = null;
    do {
      VideoPage page = api.importJobVideos(job, PageRequest.after(PAGE_SIZE, cursor));
      for (var video : page.videos()) {
        ApiStatus status = ApiStatus.of(video.status());
        uploaded += status == ApiStatus.SUCCEEDED ? 1 : 0;
        terminal += status == ApiStatus.PENDING ? 0 : 1;
      }
      cursor = page.hasMore() ? page.nextCursor() : null;
    } while (cursor != null);
    return terminal == size ? uploaded : -1;
  }
}
