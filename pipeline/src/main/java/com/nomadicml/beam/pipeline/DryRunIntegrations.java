package com.nomadicml.beam.pipeline;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.nomadicml.beam.api.ApiException;
import com.nomadicml.beam.api.HttpNomadicApi;
import com.nomadicml.beam.api.Integration;
import com.nomadicml.beam.api.NomadicApi;
import com.nomadicml.beam.api.RequestGate;
import com.nomadicml.beam.imports.AssumeIntegrations;
import com.nomadicml.beam.model.Provider;
import com.nomadicml.beam.model.VisibleText;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import javax.annotation.Nullable;

/**
 * Which saved integration each bucket of a dry run would be imported with, and whether there is one
 * (contract, sections 4.0 and 7.1).
 *
 * @param saved those that the API lists
 * @param unknown why it was not asked, or null
 */
record DryRunIntegrations(List<Integration> saved, @Nullable String unknown) {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  /** A dry run waits for nobody. */
  private static final RequestGate ONCE =
      new RequestGate() {
        @Override
        public void await() {}

        @Override
        public boolean mayWait(Duration wait) {
          return false;
        }

        @Override
        public void slowDown(@Nullable Duration retryAfter) {}
      };

  /**
   * A bucket, and what is known of its integration.
   *
   * @param id of the integration; null where none would be named
   * @param isThere null where it is unknown
   */
  private record Found(
      String bucket, @Nullable String id, @Nullable Boolean isThere, String words) {}

  /** Of a plan that needs none. */
  static DryRunIntegrations notAsked() {
    return new DryRunIntegrations(List.of(), "there is nothing to import");
  }

  /** Asks the API with one request, which is not tried again; without a key it asks nothing. */
  static DryRunIntegrations ask(ImportSettings settings) {
    String key;
    try {
      key = settings.apiKey().read();
    } catch (RuntimeException e) {
      return new DryRunIntegrations(List.of(), "there is no API key to ask with");
    }
    try {
      NomadicApi api =
          HttpNomadicApi.builder(settings.apiUrl(), key).gate(ONCE).timeout(TIMEOUT).build();
      return new DryRunIntegrations(api.integrations(), null);
    } catch (ApiException e) {
      return new DryRunIntegrations(List.of(), "the API did not list them: " + e.getMessage());
    }
  }

  void print(List<TargetTally> tallies, PrintStream out) {
    out.printf("%nIntegrations%n");
    if (unknown != null) {
      out.printf("%16snot looked up: %s%n", "", VisibleText.of(unknown));
    }
    List<Found> all = find(tallies);
    all.stream()
        .limit(DryRunReport.MAX_TARGETS)
        .forEach(found -> out.printf("%16s%s: %s%n", "", found.bucket(), found.words()));
    if (all.size() > DryRunReport.MAX_TARGETS) {
      out.printf("%16sand %d more buckets%n", "", all.size() - DryRunReport.MAX_TARGETS);
    }
  }

  void addTo(ObjectNode json, List<TargetTally> tallies) {
    ArrayNode array = json.putArray("integrations");
    for (Found found : find(tallies)) {
      array
          .addObject()
          .put("bucket", found.bucket())
          .put("integration", found.id())
          .put("saved", found.isThere());
    }
    json.put("integrationsUnknown", unknown);
  }

  /** One for each bucket and integration, in order. */
  private List<Found> find(List<TargetTally> tallies) {
    TreeMap<String, Found> all = new TreeMap<>();
    for (TargetTally tally : tallies) {
      if (tally.getStep() != TargetTally.Step.AWAIT) {
        all.computeIfAbsent(
            tally.getBucket() + "\n" + tally.getIntegration(),
            id -> find(tally.getBucket(), tally.getIntegration()));
      }
    }
    return List.copyOf(all.values());
  }

  private Found find(String bucket, String named) {
    boolean isNamed = !named.isEmpty() && !named.equals(AssumeIntegrations.ASSUMED);
    if (isNamed) {
      List<Integration> same = saved.stream().filter(one -> named.equals(one.id())).toList();
      return same.isEmpty()
          ? missing(bucket, named, named + ", which the API does not list: check its id")
          : new Found(bucket, named, true, describe(same.get(0)));
    }
    List<Integration> own = saved.stream().filter(one -> isOf(one, bucket)).toList();
    if (own.size() == 1) {
      return new Found(bucket, own.get(0).id(), true, describe(own.get(0)));
    }
    if (!own.isEmpty()) {
      return new Found(bucket, null, true, own.size() + " are saved; the prefix decides");
    }
    String none =
        bucket.startsWith(Provider.GCS.prefix())
            ? "none is saved, so its items would be refused: add one (nomadic-import integrations"
                + " add gcs)"
            : "none is saved: the backend can read it only if it is public";
    return missing(bucket, null, none);
  }

  private Found missing(String bucket, @Nullable String id, String words) {
    return unknown == null
        ? new Found(bucket, id, false, words)
        : new Found(bucket, id, null, id == null ? "the saved one of the bucket" : id);
  }

  private static boolean isOf(Integration integration, String bucket) {
    return Arrays.stream(Provider.values())
        .filter(provider -> provider.integrationType().equals(integration.type()))
        .anyMatch(provider -> bucket.equals(provider.prefix() + integration.bucket()));
  }

  private static String describe(Integration integration) {
    String name = integration.name() == null ? "" : " (" + integration.name() + ")";
    boolean isPart = integration.prefix() != null && !integration.prefix().isEmpty();
    return VisibleText.of(
        integration.id() + name + (isPart ? ", for " + integration.prefix() + " only" : ""));
  }
}
