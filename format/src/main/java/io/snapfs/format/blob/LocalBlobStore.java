package io.snapfs.format.blob;

import io.snapfs.linux.DirEntry;
import io.snapfs.linux.Directory;
import io.snapfs.linux.Errno;
import io.snapfs.linux.Fd;
import io.snapfs.linux.LinuxException;
import io.snapfs.linux.Names;
import io.snapfs.linux.Stat;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Blobs as files of a directory. Reading needs no more than read permission and leaves no trace.
 *
 * <p>Owns a descriptor of the directory: close it when everything made from it is closed, except
 * for {@link BlobReader}s, which may live longer.
 */
public final class LocalBlobStore implements BlobStore {
  static final String LOCK = "lock";
  static final String GC_LOCK = "gc.lock";

  private final Root root;
  private final Sessions sessions;

  /**
   * Opens an existing directory, whatever is in it.
   *
   * @throws io.snapfs.format.MissingException if there is no such directory
   */
  public LocalBlobStore(Path directory) throws IOException {
    try {
      root = new Root(directory);
    } catch (LinuxException e) {
      throw Failures.reading("directory " + directory, e);
    }
    sessions = new Sessions(root);
  }

  @Override
  public String location() {
    return root.path().toString();
  }

  @Override
  public String describe(String key) {
    return root.resolve(Keys.check(key)).toString();
  }

  @Override
  public BlobReader open(String key) throws IOException {
    return LocalBlobReader.open(root, Keys.check(key));
  }

  @Override
  public boolean exists(String key) throws IOException {
    return info(Keys.check(key)) != null;
  }

  @Override
  public void list(String prefix, Consumer<BlobInfo> each) throws IOException {
    if (!prefix.endsWith("/")) {
      throw new IllegalArgumentException("a prefix ends with a slash: '" + prefix + "'");
    }
    List<String> directories = new ArrayList<>();
    directories.add(prefix.substring(0, prefix.length() - 1));
    while (!directories.isEmpty()) {
      String directory = directories.remove(directories.size() - 1);
      for (String name : names(Keys.check(directory))) {
        String key = directory + "/" + name;
        Stat stat = stat(key);
        if (stat != null && stat.isDirectory()) {
          directories.add(key);
        } else if (stat != null && stat.isRegular()) {
          each.accept(toInfo(key, stat));
        }
      }
    }
  }

  /** Names in a directory that can be parts of a key; none if the directory is missing. */
  private List<String> names(String directory) throws IOException {
    List<String> names = new ArrayList<>();
    try (Fd fd = root.openDirectory(directory)) {
      for (DirEntry entry : Directory.list(fd)) {
        String name = new String(entry.name(), StandardCharsets.ISO_8859_1);
        if (Keys.isValid(name)) {
          names.add(name);
        }
      }
    } catch (LinuxException e) {
      if (!e.isErrno(Errno.ENOENT)) {
        throw Failures.reading(root.resolve(directory).toString(), e);
      }
    }
    return names;
  }

  private BlobInfo info(String key) throws IOException {
    Stat stat = stat(key);
    return stat != null && stat.isRegular() ? toInfo(key, stat) : null;
  }

  private static BlobInfo toInfo(String key, Stat stat) {
    return new BlobInfo(key, stat.size(), stat.mtimeSec() * 1000 + stat.mtimeNsec() / 1_000_000);
  }

  /** Null if there is nothing of that name (any more). */
  private Stat stat(String key) throws IOException {
    try {
      return Stat.lstatAt(root.fd(), Names.of(key));
    } catch (LinuxException e) {
      if (e.isErrno(Errno.ENOENT) || e.isErrno(Errno.ENOTDIR)) {
        return null;
      }
      throw Failures.reading(root.resolve(key).toString(), e);
    }
  }

  @Override
  public WriteSession beginWrite() throws IOException {
    cleanUnlessBusy();
    return LocalSession.begin(root);
  }

  private void cleanUnlessBusy() throws IOException {
    try (HeldLock alone = HeldLock.tryExclusive(root, LOCK)) {
      if (alone != null) {
        cleanWhatWeMay();
      }
    } catch (LinuxException e) {
      throw Failures.writing("the store " + root.path(), e);
    }
  }

  private void cleanWhatWeMay() {
    try {
      sessions.cleanDead();
    } catch (IOException e) {
      // Left by another user, perhaps. It costs space and nothing else, and gc will say so.
      return;
    }
  }

  @Override
  public SweepLock lockForSweep() throws IOException {
    try {
      return new LocalSweepLock(root, sessions, HeldLock.exclusive(root, LOCK));
    } catch (LinuxException e) {
      throw Failures.writing("the store " + root.path(), e);
    }
  }

  @Override
  public Closeable tryLockForGc() throws IOException {
    try {
      return HeldLock.tryExclusive(root, GC_LOCK);
    } catch (LinuxException e) {
      throw Failures.writing("the store " + root.path(), e);
    }
  }

  @Override
  public void close() {
    root.close();
  }
}
