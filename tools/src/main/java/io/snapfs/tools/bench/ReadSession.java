package io.snapfs.tools.bench;

import io.snapfs.format.SnapfsException;
import io.snapfs.format.store.Store;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The mount of some rounds: one of our own, which it closes, or the user's. Confined to a thread.
 */
public final class ReadSession implements AutoCloseable {
  private final Store store;
  private final Path usersMount;
  private final String transport;
  private final boolean cold;
  private PrivateMount own;
  private List<String> dropped = List.of();

  /**
   * Nothing is mounted yet.
   *
   * @param usersMount where the store is mounted, or null
   * @param transport of our own mount
   * @param cold whether every round begins with dropped caches
   */
  public ReadSession(Store store, Path usersMount, String transport, boolean cold) {
    this.store = store;
    this.usersMount = usersMount;
    this.transport = transport;
    this.cold = cold;
  }

  /**
   * Size of a file.
   *
   * @param inMount path from the mountpoint
   * @throws SnapfsException if it is no regular file with contents
   */
  public long sizeOf(Path inMount) throws IOException {
    Path file = mountpoint().resolve(inMount);
    if (!Files.isRegularFile(file)) {
      throw new SnapfsException(
          file
              + (Files.exists(mountpoint().resolve(inMount.subpath(0, 2)))
                  ? " is not a regular file of the artifact; see: snapfs inspect --files"
                  : " is not there: is the store mounted at " + mountpoint() + "?"));
    }
    long size = Files.size(file);
    if (size == 0) {
      throw new SnapfsException(file + " is empty: there is nothing to read");
    }
    return size;
  }

  /** Runs one round of a plan whose file is a path from the mountpoint. */
  public ReadResult round(ReadPlan plan) throws IOException {
    if (cold) {
      drop(plan);
    }
    return ReadRound.run(plan.at(mountpoint()));
  }

  /** What was dropped before the last round, for showing to users. */
  public List<String> dropped() {
    return dropped;
  }

  private void drop(ReadPlan plan) throws IOException {
    List<String> done = new ArrayList<>();
    if (usersMount == null) {
      close();
    } else {
      PageCaches.forget(usersMount.resolve(plan.file()));
      done.add("pages of the file in the mount");
    }
    int packs = PageCaches.forgetPacks(store);
    done.add("pages of " + packs + " packs");
    if (PageCaches.forgetAll()) {
      done.add("all pages and names of this machine");
    }
    if (usersMount == null) {
      done.add("the mount and its process, started anew");
    }
    dropped = List.copyOf(done);
  }

  private Path mountpoint() throws IOException {
    if (usersMount != null) {
      return usersMount;
    }
    if (own == null) {
      own = PrivateMount.start(Path.of(store.location()), transport);
    }
    return own.mountpoint();
  }

  /** Unmounts our own mount. */
  @Override
  public void close() throws IOException {
    if (own != null) {
      own.close();
      own = null;
    }
  }
}
