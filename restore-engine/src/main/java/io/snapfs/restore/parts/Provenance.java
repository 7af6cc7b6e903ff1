package io.snapfs.restore.parts;

import io.snapfs.linux.Uname;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where an artifact comes from: the provenance keys of FORMAT.md, section PROPERTIES. */
public final class Provenance {
  private static final Path HOSTNAME = Path.of("/proc/sys/kernel/hostname");

  /** What CRIU writes near the beginning of its log, from verbosity 3 on. */
  private static final Pattern CRIU_VERSION = Pattern.compile("Version: (\\d[\\w.+~-]{0,63})");

  /** Bytes of a log that are looked at. */
  private static final int LOG_HEAD = 1 << 16;

  private Provenance() {}

  /**
   * What can be found out about a folder on this host; a key whose value can't be is absent.
   *
   * @param source the folder that is packed
   * @param snapfsVersion the version of this build
   */
  public static Map<String, String> of(Path source, String snapfsVersion) throws IOException {
    Map<String, String> provenance = new TreeMap<>();
    Uname uname = Uname.current();
    provenance.put("host.kernel", uname.release());
    provenance.put("host.arch", uname.machine());
    provenance.put("host.name", Files.readString(HOSTNAME).strip());
    provenance.put("source.path", source.toAbsolutePath().normalize().toString());
    provenance.put("snapfs.version", snapfsVersion);
    criuVersion(source).ifPresent(version -> provenance.put("criu.version", version));
    return provenance;
  }

  /** From a log of CRIU in the folder, or in one right below it. */
  private static Optional<String> criuVersion(Path source) throws IOException {
    Optional<String> version = versionInLogsOf(source);
    if (version.isPresent()) {
      return version;
    }
    try (DirectoryStream<Path> folders =
        Files.newDirectoryStream(
            source, path -> Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS))) {
      for (Path folder : folders) {
        version = versionInLogsOf(folder);
        if (version.isPresent()) {
          return version;
        }
      }
    }
    return Optional.empty();
  }

  private static Optional<String> versionInLogsOf(Path folder) throws IOException {
    if (!Files.isReadable(folder)) {
      return Optional.empty();
    }
    try (DirectoryStream<Path> logs = Files.newDirectoryStream(folder, "*.log")) {
      for (Path log : logs) {
        Optional<String> version = versionIn(log);
        if (version.isPresent()) {
          return version;
        }
      }
    }
    return Optional.empty();
  }

  private static Optional<String> versionIn(Path log) throws IOException {
    if (!Files.isRegularFile(log, LinkOption.NOFOLLOW_LINKS) || !Files.isReadable(log)) {
      return Optional.empty();
    }
    try (InputStream in = Files.newInputStream(log)) {
      // A log may hold bytes that are not UTF-8; ISO 8859-1 takes all.
      String head = new String(in.readNBytes(LOG_HEAD), StandardCharsets.ISO_8859_1);
      Matcher matcher = CRIU_VERSION.matcher(head);
      return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
    }
  }
}
