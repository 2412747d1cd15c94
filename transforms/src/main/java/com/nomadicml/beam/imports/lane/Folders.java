package com.nomadicml.beam.imports.lane;

import com.nomadicml.beam.imports.FolderAnswer;
import com.nomadicml.beam.model.ImportTarget;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The folders of a lane's destinations. One is asked for at a time: whether the API's create-or-get
 * is atomic is unknown (contract, section 3.1).
 */
final class Folders {
  private final Map<String, FolderAnswer> answers = new HashMap<>();
  private boolean isAsking;

  /** What a target's destination has; empty as long as that is not known. */
  Optional<FolderAnswer> of(ImportTarget target) {
    String destination = target.destination();
    return target.getFolder() == null
        ? Optional.of(FolderAnswer.of(destination, null, null))
        : Optional.ofNullable(answers.get(destination));
  }

  boolean isAsking() {
    return isAsking;
  }

  void asked() {
    isAsking = true;
  }

  void resolved(FolderAnswer folder) {
    answers.put(folder.getDestination(), folder);
    isAsking = false;
  }

  void notResolved() {
    isAsking = false;
  }
}
