package io.snapfs.fusefs.libfuse;

import io.snapfs.format.SnapfsException;
import io.snapfs.fusefs.transport.MountOptions;
import io.snapfs.fusefs.transport.Transport;
import io.snapfs.fusefs.view.FileSystemView;
import io.snapfs.linux.Errno;
import io.snapfs.linux.Fd;
import io.snapfs.linux.LinuxException;
import io.snapfs.linux.Names;
import io.snapfs.linux.Native;
import io.snapfs.linux.Open;
import java.io.IOException;
import java.util.Optional;

/** The transport {@code libfuse}: see the package. */
public final class LibfuseTransport implements Transport {
  private static final String DEVICE = "/dev/fuse";

  @Override
  public String name() {
    return "libfuse";
  }

  @Override
  public Optional<String> unavailableReason() {
    Optional<String> reason = Native.unavailableReason();
    return reason.isPresent()
        ? reason
        : Optional.ofNullable(LibFuseLoader.unavailableReason()).or(LibfuseTransport::noDevice);
  }

  private static Optional<String> noDevice() {
    try {
      Open.at(Fd.CWD, Names.of(DEVICE), Open.O_RDWR).close();
      return Optional.empty();
    } catch (LinuxException e) {
      String what =
          switch (e.errno()) {
            case Errno.ENOENT ->
                "there is no "
                    + DEVICE
                    + " (load the kernel module: modprobe fuse; in a container,"
                    + " hand the device in: --device "
                    + DEVICE
                    + ")";
            case Errno.EACCES, Errno.EPERM ->
                DEVICE
                    + " may not be opened (in a container, hand the device in: --device "
                    + DEVICE
                    + ")";
            default -> DEVICE + " can't be opened";
          };
      return Optional.of(what + ": " + e.getMessage());
    }
  }

  @Override
  public Session mount(FileSystemView view, byte[] mountpoint, MountOptions options)
      throws IOException {
    Optional<String> reason = unavailableReason();
    if (reason.isPresent()) {
      throw new SnapfsException("transport libfuse can't be used: " + reason.get());
    }
    return LibfuseSession.start(view, mountpoint, options);
  }
}
