package io.snapfs.linux;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How much memory this process may use: the least of what its control groups and those above them
 * allow (cgroup v2 {@code memory.max}, v1 {@code memory.limit_in_bytes}), and of what the machine
 * has. The page cache that the process fills counts towards it, but is given up when memory is
 * short; memory that it has allocated is not, and who goes beyond the limit is killed.
 *
 * <p>Control groups are looked for where systemd, Docker and Kubernetes mount them, {@code
 * /sys/fs/cgroup}. In a container whose control groups are mounted as the root of the hierarchy,
 * the path in {@code /proc/self/cgroup} leads nowhere, and the root itself is asked.
 */
public final class MemoryLimit {
  private static final Pattern TOTAL = Pattern.compile("(?m)^MemTotal:\\s+(\\d{1,15}) kB$");
  private static final BigInteger MOST = BigInteger.valueOf(Long.MAX_VALUE);
  private static final int KIB = 1024;

  private MemoryLimit() {}

  /** The limit in bytes, above 0; {@link Long#MAX_VALUE} if there is nothing to be found. */
  public static long bytes() {
    return bytes(Path.of("/"));
  }

  /**
   * The same, of another machine's files.
   *
   * @param root has {@code proc} and {@code sys}
   */
  static long bytes(Path root) {
    long limit = total(text(root.resolve("proc/meminfo")));
    Path groups = root.resolve("sys/fs/cgroup");
    for (String line : text(root.resolve("proc/self/cgroup")).split("\n", -1)) {
      String[] fields = line.split(":", 3); // hierarchy:controllers:path
      if (fields.length < 3) {
        continue;
      }
      if (fields[1].isEmpty()) {
        limit = Math.min(limit, least(groups, fields[2], "memory.max"));
        limit = Math.min(limit, least(groups.resolve("unified"), fields[2], "memory.max"));
      } else if ((',' + fields[1] + ',').contains(",memory,")) {
        limit =
            Math.min(limit, least(groups.resolve("memory"), fields[2], "memory.limit_in_bytes"));
      }
    }
    return limit;
  }

  /** The least limit of a group and those above it. */
  private static long least(Path hierarchy, String group, String file) {
    long least = Long.MAX_VALUE;
    Path top = hierarchy.normalize();
    Path at = top.resolve(group.replaceFirst("^/+", "")).normalize();
    if (!at.startsWith(top)) {
      at = top;
    }
    for (; at != null && at.startsWith(top); at = at.getParent()) {
      least = Math.min(least, limit(text(at.resolve(file)).strip()));
    }
    return least;
  }

  /** {@code max}, a number that v1 uses for that, or a file that is not there: no limit. */
  private static long limit(String text) {
    if (!text.matches("\\d{1,30}")) {
      return Long.MAX_VALUE;
    }
    long limit = new BigInteger(text).min(MOST).longValue();
    return limit == 0 ? Long.MAX_VALUE : limit;
  }

  private static long total(String meminfo) {
    Matcher matcher = TOTAL.matcher(meminfo);
    return matcher.find() ? Math.max(1, Long.parseLong(matcher.group(1))) * KIB : Long.MAX_VALUE;
  }

  private static String text(Path file) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return ""; // not this kind of control group
    }
  }
}
