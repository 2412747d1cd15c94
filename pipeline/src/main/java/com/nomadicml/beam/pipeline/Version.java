package com.nomadicml.beam.pipeline;

import org.apache.beam.sdk.util.ReleaseInfo;
import picocli.CommandLine.IVersionProvider;

/** Of the jar and the build that made it, of the Beam in it, and of what it runs on. */
final class Version implements IVersionProvider {
  @Override
  public String[] getVersion() {
    return new String[] {
      "nomadic-import " + ofJar(Version.class.getPackage().getImplementationVersion()),
      "Apache Beam " + ReleaseInfo.getReleaseInfo().getVersion(),
      "Java " + System.getProperty("java.version") + " of " + System.getProperty("java.vendor"),
      String.join(
          " ",
          System.getProperty("os.name"),
          System.getProperty("os.version"),
          System.getProperty("os.arch"))
    };
  }

  /**
   * @param version as the build writes it: 1.0.0+COMMIT.DATE, without the rest where there was no
   *     git; null outside of a jar
   */
  static String ofJar(String version) {
    return version == null
        ? "(built from source)"
        : version.replaceFirst("\\$.*", "").replaceFirst("\\+", ", build ");
  }
}
