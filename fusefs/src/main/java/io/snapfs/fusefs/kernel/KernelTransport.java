package io.snapfs.fusefs.kernel;

import io.snapfs.format.SnapfsException;
import io.snapfs.fusefs.transport.MountOptions;
import io.snapfs.fusefs.transport.Transport;
import io.snapfs.fusefs.view.FileSystemView;
import io.snapfs.linux.Errno;
import io.snapfs.linux.LinuxException;
import io.snapfs.linux.Native;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The transport {@code kernel}: see the package. */
public final class KernelTransport implements Transport {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final String EFFECTIVE_CAPABILITIES = "CapEff:";
  private static final int CAP_SYS_ADMIN = 21;
  private static final int HEX = 16;

  @Override
  public String name() {
    return "kernel";
  }

  @Override
  public Optional<String> unavailableReason() {
    Optional<String> reason = Native.unavailableReason();
    if (reason.isPresent()) {
      return reason;
    }
    if (!mayMount()) {
      return Optional.of("this process may not mount: it is not root, or lacks CAP_SYS_ADMIN");
    }
    return noDevice();
  }

  /** Whether this process has the capability; where that can't be found out, mounting will tell. */
  private static boolean mayMount() {
    try {
      return Files.readAllLines(STATUS, StandardCharsets.ISO_8859_1).stream()
          .filter(line -> line.startsWith(EFFECTIVE_CAPABILITIES))
          .allMatch(line -> hasAdmin(line.substring(EFFECTIVE_CAPABILITIES.length()).strip()));
    } catch (IOException e) {
      return true;
    }
  }

  static boolean hasAdmin(String capabilities) {
    return (Long.parseUnsignedLong(capabilities, HEX) >>> CAP_SYS_ADMIN & 1) == 1;
  }

  private static Optional<String> noDevice() {
    try {
      FuseDevice.open().close();
      return Optional.empty();
    } catch (LinuxException e) {
      String what =
          e.isErrno(Errno.ENOENT)
              ? "there is no " + FuseDevice.PATH + " (load the kernel module: modprobe fuse)"
              : FuseDevice.PATH + " can't be opened";
      return Optional.of(
          what
              + "; in a container, hand the device in (--device "
              + FuseDevice.PATH
              + "): "
              + e.getMessage());
    }
  }

  @Override
  public Session mount(FileSystemView view, byte[] mountpoint, MountOptions options)
      throws IOException {
    Optional<String> reason = unavailableReason();
    if (reason.isPresent()) {
      throw new SnapfsException("transport kernel can't be used: " + reason.get());
    }
    return KernelSession.start(view, mountpoint, options);
  }
}
