package com.nomadicml.beam.imports;

import com.nomadicml.beam.api.ApiException;
import com.nomadicml.beam.api.NomadicApi;
import com.nomadicml.beam.api.NomadicApiFactory;
import com.nomadicml.beam.model.ImportTarget;
import java.util.Map;
import org.apache.beam.sdk.transforms.Distinct;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.TypeDescriptor;
import org.apache.beam.sdk.values.TypeDescriptors;

/**
 * Looks each folder up, or creates it, once a run and one after the other: whether the API's
 * create-or-get is atomic is unknown (contract, section 3.1). Takes targets; yields a map by
 * destination.
 */
public final class ResolveFolders
    extends PTransform<PCollection<ImportTarget>, PCollectionView<Map<String, FolderAnswer>>> {
  private final NomadicApiFactory api;

  private ResolveFolders(NomadicApiFactory api) {
    this.api = api;
  }

  public static ResolveFolders through(NomadicApiFactory api) {
    return new ResolveFolders(api);
  }

  @Override
  public PCollectionView<Map<String, FolderAnswer>> expand(PCollection<ImportTarget> targets) {
    return targets
        .apply(
            "Folders",
            MapElements.into(new TypeDescriptor<FolderName>() {})
                .via(target -> FolderName.of(target.getScope(), target.getFolder())))
        .apply("DistinctFolders", Distinct.create())
        .apply("OneLane", WithKeys.of(0))
        .apply("Group", GroupByKey.create())
        .apply("CreateOrGet", ParDo.of(new CreateOrGetFn(api)))
        .apply(
            "KeyByDestination",
            WithKeys.of(FolderAnswer::getDestination).withKeyType(TypeDescriptors.strings()))
        .apply("AsMap", View.asMap());
  }

  private static class CreateOrGetFn extends DoFn<KV<Integer, Iterable<FolderName>>, FolderAnswer> {
    private static final long serialVersionUID = 1L;

    private final NomadicApiFactory api;

    CreateOrGetFn(NomadicApiFactory api) {
      this.api = api;
    }

    @ProcessElement
    public void resolve(
        @Element KV<Integer, Iterable<FolderName>> folders, OutputReceiver<FolderAnswer> out) {
      NomadicApi lane = api.open(folders.getKey());
      for (FolderName folder : folders.getValue()) {
        try {
          out.output(ResolveFolders.resolve(lane, folder));
        } catch (ApiException e) {
          if (e.isAccountRefusal()) {
            throw ImportRefusedException.of(e);
          }
          throw new IllegalStateException(
              "folder '" + folder.getName() + "' can't be looked up now: " + e.getMessage(), e);
        }
      }
    }
  }

  /**
   * Looks one folder up, or creates it; a final refusal is an answer.
   *
   * @throws ApiException when it can't be had now, or for the account's sake
   */
  public static FolderAnswer resolve(NomadicApi api, FolderName folder) throws ApiException {
    String name = folder.getName();
    String destination = ImportTarget.destination(folder.getScope(), name);
    if (name == null) {
      return FolderAnswer.of(destination, null, null);
    }
    try {
      return FolderAnswer.of(
          destination, api.createOrGetFolder(name, folder.getScope()).id(), null);
    } catch (ApiException e) {
      if (e.isAccountRefusal() || e.kind() != ApiException.Kind.PERMANENT) {
        throw e;
      }
      return FolderAnswer.of(
          destination, null, "folder '" + name + "' was refused: " + e.getMessage());
    }
  }
}
