package com.nomadicml.beam.model;

import com.google.common.collect.ImmutableMap;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;
import java.util.TreeMap;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;

/** Texts by name. None take one byte, as most items have none. */
final class TextsCoder extends AtomicCoder<Map<String, String>> {
  private static final long serialVersionUID = 1L;

  private static final StringUtf8Coder TEXT = StringUtf8Coder.of();
  private static final VarIntCoder SIZE = VarIntCoder.of();

  @Override
  public void encode(Map<String, String> texts, OutputStream out) throws IOException {
    SIZE.encode(texts.size(), out);
    for (Map.Entry<String, String> text : sorted(texts).entrySet()) {
      TEXT.encode(text.getKey(), out);
      TEXT.encode(text.getValue(), out);
    }
  }

  /** Equal maps have the same bytes. */
  private static Map<String, String> sorted(Map<String, String> texts) {
    return texts.size() < 2 ? texts : new TreeMap<>(texts);
  }

  @Override
  public Map<String, String> decode(InputStream in) throws IOException {
    int size = SIZE.decode(in);
    ImmutableMap.Builder<String, String> texts = ImmutableMap.builder();
    for (int i = 0; i < size; i++) {
      texts.put(TEXT.decode(in), TEXT.decode(in));
    }
    return texts.buildOrThrow();
  }
}
