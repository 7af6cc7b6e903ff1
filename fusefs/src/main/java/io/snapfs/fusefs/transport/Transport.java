package io.snapfs.fusefs.transport;

import io.snapfs.fusefs.view.FileSystemView;
import java.io.IOException;
import java.util.Optional;

/** A way to mount a {@link FileSystemView} and to answer the kernel's requests. Stateless. */
public interface Transport {
  /** What users call it. */
  String name();

  /** Why it can't be used in this process, for showing to a user; empty if it can. */
  Optional<String> unavailableReason();

  /**
   * Mounts and begins to serve. The mountpoint has been checked: it is an empty directory on which
   * nothing is mounted.
   *
   * @param view what to serve; it must outlive the session
   * @param mountpoint absolute path without symbolic links, raw bytes
   * @throws IOException if it can't be mounted; nothing is left mounted then
   */
  Session mount(FileSystemView view, byte[] mountpoint, MountOptions options) throws IOException;

  /** Owns a mount's connection to the kernel and the threads that serve it. */
  interface Session extends AutoCloseable {
    /**
     * Waits until the kernel has ended the connection: it is unmounted and no file of it is open
     * any more, or it was aborted.
     *
     * @param timeoutMillis 0 to wait as long as it takes
     * @return false if the time was up
     */
    boolean awaitEnd(long timeoutMillis) throws InterruptedException;

    /**
     * Waits for the serving threads and frees everything. Call it after the connection has ended;
     * before that it would wait for its end. Idempotent.
     */
    @Override
    void close();
  }
}
