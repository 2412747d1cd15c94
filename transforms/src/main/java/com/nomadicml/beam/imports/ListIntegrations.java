package com.nomadicml.beam.imports;

import com.nomadicml.beam.api.ApiException;
import com.nomadicml.beam.api.NomadicApi;
import com.nomadicml.beam.api.NomadicApiFactory;
import com.nomadicml.beam.model.ManifestEntry;
import com.nomadicml.beam.model.Provider;
import com.nomadicml.beam.model.VisibleText;
import java.util.List;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Filter;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The saved {@code gcs} integrations, asked for once, and only when an entry needs one. Takes
 * entries with their defaults; yields a list for {@link PlanImports}.
 */
public final class ListIntegrations
    extends PTransform<PCollection<ManifestEntry>, PCollectionView<List<SavedIntegration>>> {
  private static final Logger LOG = LoggerFactory.getLogger(ListIntegrations.class);

  private final NomadicApiFactory api;

  private ListIntegrations(NomadicApiFactory api) {
    this.api = api;
  }

  public static ListIntegrations through(NomadicApiFactory api) {
    return new ListIntegrations(api);
  }

  /** Whether the API needs to be told an integration that {@code entry} does not name. */
  static boolean isNeeded(ManifestEntry entry) {
    return entry.getIntegrationId() == null
        && entry.getSourceUri().startsWith(Provider.GCS.prefix());
  }

  @Override
  public PCollectionView<List<SavedIntegration>> expand(PCollection<ManifestEntry> entries) {
    return entries
        .apply("WithoutIntegration", Filter.by(ListIntegrations::isNeeded))
        .apply("Once", MapElements.into(TypeDescriptors.integers()).via(entry -> 0))
        .apply("DistinctOnce", DistinctValues.create())
        .apply("List", ParDo.of(new ListFn(api)))
        .apply("AsList", View.asList());
  }

  /** The saved integrations that a {@code gs://} bucket may need. */
  static List<SavedIntegration> list(NomadicApi api) throws ApiException {
    return api.integrations().stream()
        .filter(integration -> Provider.GCS.integrationType().equals(integration.type()))
        .map(SavedIntegration::of)
        .toList();
  }

  private static class ListFn extends DoFn<Integer, SavedIntegration> {
    private static final long serialVersionUID = 1L;

    private final NomadicApiFactory api;

    ListFn(NomadicApiFactory api) {
      this.api = api;
    }

    @ProcessElement
    public void list(@Element Integer lane, OutputReceiver<SavedIntegration> out) {
      try {
        ListIntegrations.list(api.open(lane)).forEach(out::output);
      } catch (ApiException e) {
        if (e.isAccountRefusal()) {
          throw ImportRefusedException.of(e);
        }
        if (e.kind() == ApiException.Kind.PERMANENT) {
          // Only entries that need one of them are refused, each with the next step.
          LOG.warn("The saved integrations can't be listed: {}", VisibleText.of(e.getMessage()));
          return;
        }
        throw new IllegalStateException(
            "the saved integrations can't be listed: " + e.getMessage(), e);
      }
    }
  }
}
