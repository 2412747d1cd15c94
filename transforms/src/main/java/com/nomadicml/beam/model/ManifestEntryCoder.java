package com.nomadicml.beam.model;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.NullableCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarLongCoder;

/** Entries field by field: there are millions, and a schema's coder takes several times as long. */
public final class ManifestEntryCoder extends AtomicCoder<ManifestEntry> {
  private static final long serialVersionUID = 1L;

  private static final Coder<String> TEXT = StringUtf8Coder.of();
  private static final Coder<String> OPTIONAL = NullableCoder.of(TEXT);
  private static final Coder<Long> NUMBER = VarLongCoder.of();
  private static final Coder<Map<String, String>> TEXTS = new TextsCoder();

  @Override
  public void encode(ManifestEntry entry, OutputStream out) throws IOException {
    TEXT.encode(entry.getManifest(), out);
    NUMBER.encode(entry.getLine(), out);
    TEXT.encode(entry.getSourceUri(), out);
    TEXTS.encode(entry.getViews(), out);
    OPTIONAL.encode(entry.getFolder(), out);
    OPTIONAL.encode(entry.getScope(), out);
    OPTIONAL.encode(entry.getIntegrationId(), out);
    TEXTS.encode(entry.getLabels(), out);
    OPTIONAL.encode(entry.getVersion(), out);
    OPTIONAL.encode(entry.getOwnIntegrationId(), out);
  }

  @Override
  public ManifestEntry decode(InputStream in) throws IOException {
    return ManifestEntry.builder()
        .setManifest(TEXT.decode(in))
        .setLine(NUMBER.decode(in))
        .setSourceUri(TEXT.decode(in))
        .setViews(TEXTS.decode(in))
        .setFolder(OPTIONAL.decode(in))
        .setScope(OPTIONAL.decode(in))
        .setIntegrationId(OPTIONAL.decode(in))
        .setLabels(TEXTS.decode(in))
        .setVersion(OPTIONAL.decode(in))
        .setOwnIntegrationId(OPTIONAL.decode(in))
        .build();
  }
}
