package com.nomadicml.beam.imports;

import com.nomadicml.beam.api.ApiException;
import com.nomadicml.beam.api.NomadicApi;
import com.nomadicml.beam.model.ImportTarget;
import java.util.HashMap;
import java.util.Map;

/** The folders of a process, each looked up or created once. */
final class FolderBook {
  /** Whether the API's create-or-get is atomic is unknown (contract, section 3.1). */
  private static final Object ONE_AFTER_THE_OTHER = new Object();

  private final Map<String, FolderAnswer> answers = new HashMap<>();

  /**
   * The folder of a target.
   *
   * @throws ApiException when it can't be had now; a final refusal is an answer
   */
  FolderAnswer of(ImportTarget target, NomadicApi api) throws ApiException {
    FolderAnswer known = answers.get(target.destination());
    if (known != null) {
      return known;
    }
    synchronized (ONE_AFTER_THE_OTHER) {
      FolderAnswer answer =
          FolderAnswer.lookUp(api, FolderName.of(target.getScope(), target.getFolder()));
      if (answer.getError() == null) {
        answers.put(target.destination(), answer);
      }
      return answer;
    }
  }
}
