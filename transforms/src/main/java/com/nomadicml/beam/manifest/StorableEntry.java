package com.nomadicml.beam.manifest;

import static com.nomadicml.beam.model.ImportTarget.MAX_FOLDER_BYTES;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.nomadicml.beam.model.ManifestEntry;
import com.nomadicml.beam.model.RejectedException;
import com.nomadicml.beam.model.RejectionCode;
import java.util.Map;
import javax.annotation.Nullable;

/**
 * Rejects what no database keeps as it is: a row that was stored with another folder would never be
 * found again, and its video imported with every run.
 */
final class StorableEntry {
  private StorableEntry() {}

  /**
   * The entry itself.
   *
   * @throws RejectedException when one of its texts would be stored as another one
   */
  static ManifestEntry checked(ManifestEntry entry) throws RejectedException {
    check("folder", entry.getFolder());
    checkLength(entry.getFolder());
    check("scope", entry.getScope());
    check("integration id", entry.getIntegrationId());
    check("version", entry.getVersion());
    for (Map.Entry<String, String> label : entry.getLabels().entrySet()) {
      check("name of a label", label.getKey());
      check("label " + label.getKey(), label.getValue());
    }
    return entry;
  }

  private static void check(String what, @Nullable String text) throws RejectedException {
    String fault = text == null ? null : fault(text);
    if (fault != null) {
      throw new RejectedException(RejectionCode.UNREADABLE_LINE, "the " + what + " holds " + fault);
    }
  }

  private static void checkLength(@Nullable String folder) throws RejectedException {
    if (folder != null
        && folder.length() > MAX_FOLDER_BYTES / 3
        && folder.getBytes(UTF_8).length > MAX_FOLDER_BYTES) {
      throw new RejectedException(
          RejectionCode.UNREADABLE_LINE,
          "the folder is longer than " + MAX_FOLDER_BYTES + " bytes");
    }
  }

  /** What PostgreSQL or UTF-8 can't hold of a text, or null. */
  @Nullable
  static String fault(String text) {
    if (text.indexOf('\0') >= 0) {
      return "a NUL character";
    }
    return text.codePoints().anyMatch(c -> Character.getType(c) == Character.SURROGATE)
        ? "half a character"
        : null;
  }
}
