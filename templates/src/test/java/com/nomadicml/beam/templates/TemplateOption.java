package com.nomadicml.beam.templates;

import com.nomadicml.beam.pipeline.ImportOptions;
import java.beans.Introspector;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import javax.annotation.Nullable;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.Validation;

/**
 * An option of the import, as its code declares it.
 *
 * @param defaultValue as the command line spells it; null for none
 * @param required whether it is, alone or as one of a group
 */
record TemplateOption(
    String name, Type type, @Nullable String defaultValue, boolean required, String help) {

  enum Type {
    TEXT,
    NUMBER,
    BOOLEAN
  }

  /** All options, by name. */
  static Map<String, TemplateOption> all() {
    Map<String, TemplateOption> options = new TreeMap<>();
    Arrays.stream(ImportOptions.class.getDeclaredMethods())
        .filter(method -> method.isAnnotationPresent(Description.class))
        .map(TemplateOption::of)
        .forEach(option -> options.put(option.name(), option));
    return options;
  }

  private static TemplateOption of(Method getter) {
    return new TemplateOption(
        Introspector.decapitalize(getter.getName().substring("get".length())),
        type(getter.getReturnType()),
        Arrays.stream(getter.getAnnotations())
            .filter(annotation -> annotation.annotationType().getEnclosingClass() == Default.class)
            .findFirst()
            .map(TemplateOption::value)
            .orElse(null),
        getter.isAnnotationPresent(Validation.Required.class),
        getter.getAnnotation(Description.class).value());
  }

  private static Type type(Class<?> type) {
    if (type == String.class) {
      return Type.TEXT;
    }
    if (type == boolean.class) {
      return Type.BOOLEAN;
    }
    if (List.of(int.class, long.class, double.class).contains(type)) {
      return Type.NUMBER;
    }
    throw new AssertionError("no template has a parameter of " + type);
  }

  private static String value(Annotation annotation) {
    if (annotation instanceof Default.Double number) {
      return number.value() == Math.rint(number.value())
          ? String.format(Locale.ROOT, "%.0f", number.value())
          : Double.toString(number.value());
    }
    try {
      return annotation.annotationType().getMethod("value").invoke(annotation).toString();
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(e.getMessage(), e);
    }
  }
}
