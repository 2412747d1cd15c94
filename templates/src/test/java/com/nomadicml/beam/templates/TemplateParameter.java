package com.nomadicml.beam.templates;

import java.util.List;
import javax.annotation.Nullable;

/**
 * An option as a parameter of the template: what the console needs to show it well.
 *
 * @param regex what the console checks a value against; null for no check
 * @param choices the only values there are; empty for any
 * @param example for the README
 */
record TemplateParameter(
    TemplateOption option,
    String group,
    String label,
    @Nullable String regex,
    List<String> choices,
    String example) {

  String name() {
    return option.name();
  }

  /** On Dataflow; see {@link TemplateParameters#REQUIRED_HERE}. */
  boolean isRequired() {
    return TemplateParameters.REQUIRED_HERE.containsKey(name());
  }

  /** What the template falls back to; null for nothing, or when the parameter is required. */
  @Nullable
  String defaultValue() {
    return isRequired() ? null : option.defaultValue();
  }

  String paramType() {
    return choices.isEmpty() ? option.type().name() : "ENUM";
  }

  boolean isText() {
    return option.type() == TemplateOption.Type.TEXT;
  }
}
