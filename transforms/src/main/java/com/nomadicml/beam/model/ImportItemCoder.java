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

/**
 * Items field by field: a batch has a thousand, and a schema's coder takes several times as long.
 */
final class ImportItemCoder extends AtomicCoder<ImportItem> {
  private static final long serialVersionUID = 1L;

  private static final Coder<String> TEXT = StringUtf8Coder.of();
  private static final Coder<String> OPTIONAL = NullableCoder.of(TEXT);
  private static final Coder<Long> NUMBER = VarLongCoder.of();
  private static final Coder<Map<String, String>> TEXTS = new TextsCoder();

  @Override
  public void encode(ImportItem item, OutputStream out) throws IOException {
    TEXT.encode(item.getSourceUri(), out);
    TEXTS.encode(item.getViews(), out);
    TEXTS.encode(item.getLabels(), out);
    TEXT.encode(item.getManifest(), out);
    NUMBER.encode(item.getLine(), out);
    OPTIONAL.encode(item.getIntegrationId(), out);
  }

  @Override
  public ImportItem decode(InputStream in) throws IOException {
    return ImportItem.of(
        TEXT.decode(in),
        TEXTS.decode(in),
        TEXTS.decode(in),
        TEXT.decode(in),
        NUMBER.decode(in),
        OPTIONAL.decode(in));
  }
}
