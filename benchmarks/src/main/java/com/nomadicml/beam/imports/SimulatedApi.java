package com.nomadicml.beam.imports;

import com.nomadicml.beam.api.Folder;
import com.nomadicml.beam.api.HeldBackException;
import com.nomadicml.beam.api.ImportJobInfo;
import com.nomadicml.beam.api.Integration;
import com.nomadicml.beam.api.KeyVerification;
import com.nomadicml.beam.api.NewIntegration;
import com.nomadicml.beam.api.NomadicApi;
import com.nomadicml.beam.api.PageRequest;
import com.nomadicml.beam.api.RequestGate;
import com.nomadicml.beam.api.SubmitAnswer;
import com.nomadicml.beam.api.SubmitRequest;
import com.nomadicml.beam.api.VideoPage;
import com.nomadicml.beam.api.VideoRow;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import javax.annotation.Nullable;

/** The API in front of a simulated backend: every request passes the gate and takes a moment. */
final class SimulatedApi implements NomadicApi {
  private static final Duration ROUND_TRIP = Duration.ofMillis(200);

  private final SimulatedBackend backend;
  private final RequestGate gate;
  private final VirtualClock clock;

  SimulatedApi(SimulatedBackend backend, RequestGate gate, VirtualClock clock) {
    this.backend = backend;
    this.gate = gate;
    this.clock = clock;
  }

  /** Submits a batch, and returns the number of its job. */
  int submit(int[] clips) {
    request();
    return backend.accept(clips, clock.instant());
  }

  /** Any request that is answered at once: of the key, of a folder. */
  void request() {
    try {
      gate.await();
    } catch (InterruptedException | HeldBackException e) {
      throw new IllegalStateException("nothing interrupts a simulation", e);
    }
    clock.sleep(ROUND_TRIP);
  }

  @Override
  public VideoPage importJobVideos(String importJobId, PageRequest page) {
    request();
    return backend.page(Integer.parseInt(importJobId), page, clock.instant());
  }

  @Override
  public KeyVerification verifyKey() {
    throw notSimulated();
  }

  @Override
  public Folder createOrGetFolder(String name, String scope) {
    throw notSimulated();
  }

  @Override
  public Folder createFolder(String name, String scope, @Nullable String description) {
    throw notSimulated();
  }

  @Override
  public Folder getFolder(String name, String scope) {
    throw notSimulated();
  }

  @Override
  public SubmitAnswer submit(SubmitRequest request, String idempotencyKey) {
    throw notSimulated();
  }

  @Override
  public ImportJobInfo importJob(String importJobId) {
    throw notSimulated();
  }

  @Override
  public VideoRow videoStatus(String videoId) {
    throw notSimulated();
  }

  @Override
  public List<Integration> integrations() {
    throw notSimulated();
  }

  @Override
  public Integration addIntegration(NewIntegration integration) {
    throw notSimulated();
  }

  @Override
  public Map<String, Object> storageTransferSetup() {
    throw notSimulated();
  }

  @Override
  public Integration getIntegration(String id) {
    throw notSimulated();
  }

  @Override
  public void deleteIntegration(String id) {
    throw notSimulated();
  }

  private static UnsupportedOperationException notSimulated() {
    return new UnsupportedOperationException("a lane asks for pages only");
  }
}
