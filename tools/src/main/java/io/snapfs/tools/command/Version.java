package io.snapfs.tools.command;

import picocli.CommandLine.IVersionProvider;

/** The version of this build, from the jar. */
public final class Version implements IVersionProvider {
  /** Such as {@code 0.1.0}; {@code development} outside a jar. */
  public static String current() {
    String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  @Override
  public String[] getVersion() {
    return new String[] {
      "snapfs " + current(),
      "Java "
          + Runtime.version()
          + ", "
          + System.getProperty("os.name")
          + " "
          + System.getProperty("os.version")
          + " "
          + System.getProperty("os.arch")
    };
  }
}
