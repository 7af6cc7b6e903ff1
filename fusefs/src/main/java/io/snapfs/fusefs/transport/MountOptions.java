package io.snapfs.fusefs.transport;

import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * How to mount. A mount is always read-only.
 *
 * @param source what {@code mount} and {@code df} show as the device
 * @param flags what is asked for beyond the defaults
 * @param readaheadKib how far the kernel reads ahead of a sequential reader; only root can set it
 */
public record MountOptions(String source, Set<Flag> flags, int readaheadKib) {
  /** An option that is on or off. Its name in lower case is what users write. */
  public enum Flag {
    /**
     * Let other users than the mounting one in. Without it the kernel refuses all others, root too.
     * Users other than root need {@code user_allow_other} in /etc/fuse.conf.
     */
    ALLOW_OTHER,
    /**
     * Let the kernel check the owner, group and permission bits that the artifact recorded. Always
     * on with {@link #ALLOW_OTHER}. Without it, whoever may enter the mount may read all of it:
     * that is the mounting user only, who can read the store anyway.
     */
    DEFAULT_PERMISSIONS,
    /** Honour set-user-id and set-group-id bits. */
    SUID,
    /** Honour device nodes. */
    DEV,
    /** Forbid execution. */
    NOEXEC,
    /**
     * Have read(2) go past the kernel's page cache, for readers that read a file once: nothing is
     * kept and nothing else is driven out of memory for it, and the kernel does not read ahead.
     * Materialised files are then read by this process too, never by the kernel itself. A mapping
     * goes through the page cache as ever; a shared one only if the kernel offers that (Linux 6.6,
     * transport {@code kernel}), otherwise mmap(2) fails with ENODEV.
     */
    DIRECT_IO
  }

  /** Four of the longest requests that transport {@code kernel} gets for the page cache. */
  public static final int DEFAULT_READAHEAD_KIB = 2048;

  private static final int MIN_READAHEAD_KIB = 4;
  private static final int MAX_READAHEAD_KIB = 1 << 20;
  private static final Set<String> ALREADY_SO =
      Set.of("ro", "nosuid", "nodev", "exec", "noatime", "async");

  /** As {@link Flag#ALLOW_OTHER} demands. */
  public MountOptions {
    Set<Flag> complete = EnumSet.noneOf(Flag.class);
    complete.addAll(flags);
    if (complete.contains(Flag.ALLOW_OTHER)) {
      complete.add(Flag.DEFAULT_PERMISSIONS);
    }
    flags = Collections.unmodifiableSet(complete);
  }

  /** For the mounting user only; no set-id, no devices. */
  public static MountOptions defaults(String source) {
    return new MountOptions(source, Set.of(), DEFAULT_READAHEAD_KIB);
  }

  public boolean has(Flag flag) {
    return flags.contains(flag);
  }

  /** The same with one flag more. */
  public MountOptions with(Flag flag) {
    Set<Flag> more = EnumSet.of(flag);
    more.addAll(flags);
    return new MountOptions(source, more, readaheadKib);
  }

  /**
   * Applies options as they follow {@code -o}.
   *
   * @param options comma-separated
   * @throws IllegalArgumentException with a message for the user
   */
  public MountOptions with(String options) {
    MountOptions result = this;
    for (String option : options.split(",", -1)) {
      result = result.withOne(option);
    }
    return result;
  }

  private MountOptions withOne(String option) {
    for (Flag flag : Flag.values()) {
      if (nameOf(flag).equals(option)) {
        return with(flag);
      }
    }
    if (option.startsWith("fsname=")) {
      return new MountOptions(option.substring("fsname=".length()), flags, readaheadKib);
    }
    if (option.startsWith("readahead=")) {
      return new MountOptions(source, flags, kib(option.substring("readahead=".length())));
    }
    if (ALREADY_SO.contains(option)) {
      return this;
    }
    throw new IllegalArgumentException(
        option.equals("rw")
            ? "mount option 'rw': a snapfs mount is read-only"
            : "unknown mount option '" + option + "'; known are " + known());
  }

  private static String known() {
    return Arrays.stream(Flag.values()).map(MountOptions::nameOf).collect(Collectors.joining(", "))
        + ", fsname=TEXT, readahead=KIB";
  }

  private static String nameOf(Flag flag) {
    return flag.name().toLowerCase(Locale.ROOT);
  }

  private static int kib(String text) {
    try {
      int kib = Integer.parseInt(text);
      if (kib >= MIN_READAHEAD_KIB && kib <= MAX_READAHEAD_KIB) {
        return kib;
      }
    } catch (NumberFormatException e) {
      // the same answer as for a number out of range
    }
    throw new IllegalArgumentException(
        "mount option 'readahead=%s': it takes a number of KiB from %d to %d"
            .formatted(text, MIN_READAHEAD_KIB, MAX_READAHEAD_KIB));
  }
}
