package com.nomadicml.beam.templates;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** The committed files that follow from the options of the import: see templates/README.md. */
final class TemplateFiles {
  private static final Path VARIABLES = Path.of("terraform/parameters.tf");

  private TemplateFiles() {}

  /** What each file should hold. */
  static Map<Path, String> expected() {
    Map<Path, String> files = new LinkedHashMap<>();
    for (Template template : Template.values()) {
      files.put(template.metadata(), MetadataText.of(template));
      files.put(template.readme(), ReadmeText.mended(read(template.readme()), template));
    }
    files.put(VARIABLES, TerraformText.all());
    files.put(OptionsPage.FILE, OptionsPage.text());
    return files;
  }

  static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Makes the committed files what they should be. */
  static void write() throws IOException {
    for (Map.Entry<Path, String> file : expected().entrySet()) {
      Files.writeString(file.getKey(), file.getValue());
    }
  }
}
