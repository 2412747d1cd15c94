package com.nomadicml.beam.imports;

import com.nomadicml.beam.model.ImportBatch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import javax.annotation.Nullable;

/**
 * Finds the item that a row of the API stands for: by the exact URI, else by the URI with percent
 * escapes decoded, else without regard to a doubled or leading slash, and to the case of the
 * scheme, else by bucket and key, as in the address that the object has on the web (contract,
 * section 8, number 12). A form that two items share matches neither.
 */
final class UriMatcher {
  private static final String AMBIGUOUS = "";

  private final String bucket;
  private final Set<String> exact = new HashSet<>();

  /** Built when the first row is not found by its exact URI: most jobs have none. */
  @Nullable private Forms forms;

  private record Forms(
      Map<String, String> decoded, Map<String, String> plain, Map<String, String> bucketAndKey) {}

  UriMatcher(ImportBatch batch) {
    bucket = batch.getTarget().getBucket();
    batch.getItems().forEach(item -> exact.add(item.getSourceUri()));
  }

  /**
   * The requested URI that a row shown as {@code as} stands for, or null when nobody asked for it.
   */
  @Nullable
  String match(@Nullable String as) {
    if (as == null) {
      return null;
    }
    String shown = UriForm.withLowerCaseScheme(as);
    if (exact.contains(shown)) {
      return shown;
    }
    String decodedOnce = PercentDecoding.decode(shown);
    if (exact.contains(decodedOnce)) {
      return decodedOnce;
    }
    if (forms == null) {
      forms =
          new Forms(
              itemsBy(UriForm::decoded), itemsBy(UriForm::plain), itemsBy(UriForm::bucketAndKey));
    }
    String match = forms.decoded().getOrDefault(UriForm.decoded(shown), AMBIGUOUS);
    if (match.equals(AMBIGUOUS)) {
      match = forms.plain().getOrDefault(UriForm.plain(shown), AMBIGUOUS);
    }
    for (String object : objects(shown)) {
      if (match.equals(AMBIGUOUS)) {
        match = forms.bucketAndKey().getOrDefault(object, AMBIGUOUS);
      }
    }
    return match.equals(AMBIGUOUS) ? null : match;
  }

  private Map<String, String> itemsBy(UnaryOperator<String> form) {
    Map<String, String> items = new HashMap<>();
    exact.forEach(uri -> items.merge(form.apply(uri), uri, (a, b) -> AMBIGUOUS));
    return items;
  }

  /** The bucket and key that a URI of any scheme may name. */
  private List<String> objects(String shown) {
    List<String> objects = new ArrayList<>();
    String object = UriForm.bucketAndKey(shown);
    objects.add(object);
    int slash = object.indexOf('/');
    if (slash > 0 && shown.startsWith("http")) {
      // https://storage.googleapis.com/bucket/key, https://bucket.s3.amazonaws.com/key
      objects.add(object.substring(slash + 1));
      if (object.startsWith(bucket + ".")) {
        objects.add(bucket + object.substring(slash));
      }
    }
    return objects;
  }
}
