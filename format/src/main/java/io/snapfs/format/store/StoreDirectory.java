package io.snapfs.format.store;

import io.snapfs.format.CorruptException;
import io.snapfs.format.MissingException;
import io.snapfs.format.SnapfsException;
import io.snapfs.linux.Fd;
import io.snapfs.linux.FileSync;
import io.snapfs.linux.Names;
import io.snapfs.linux.Open;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Tells directories that are stores, can become one, or must be left alone. */
final class StoreDirectory {
  /** What a creation that was killed may have left, or a fresh filesystem has. */
  private static final Set<String> HARMLESS = Set.of("tmp", "lock", "gc.lock", "lost+found");

  private static final List<String> ONLY_IN_STORES = List.of("packs", "artifacts", "profiles");
  private static final int NAMES_SHOWN = 3;

  private StoreDirectory() {}

  /** Fails unless it is a directory. */
  static void checkDirectory(Path directory) throws SnapfsException {
    if (!Files.exists(directory)) {
      throw new MissingException("no store at " + directory + ": there is no such directory");
    }
    if (!Files.isDirectory(directory)) {
      throw new MissingException("no store at " + directory + ": it is not a directory");
    }
  }

  /** Why a directory without a descriptor is no store. */
  static SnapfsException explain(Path directory) throws IOException {
    Set<String> names = names(directory);
    for (String name : ONLY_IN_STORES) {
      if (names.contains(name)) {
        return new CorruptException(
            directory.resolve(StoreDescriptor.KEY).toString(),
            -1,
            "it is missing, though there is " + name + "/; bring it back from a copy of the store");
      }
    }
    names.removeAll(HARMLESS);
    return names.isEmpty()
        ? new MissingException("no store at " + directory + ": the directory is empty")
        : new MissingException(
            directory
                + " is not a snapfs store: it has no "
                + StoreDescriptor.KEY
                + " but other things ("
                + shown(names)
                + ")");
  }

  /** Makes the directory if it is missing; true if a store may be created in it. */
  static boolean prepare(Path directory) throws IOException {
    try {
      make(directory.toAbsolutePath());
    } catch (FileAlreadyExistsException e) {
      throw new SnapfsException(e.getFile() + " is in the way: it is not a directory", e);
    } catch (AccessDeniedException e) {
      throw new SnapfsException(e.getFile() + " can't be made: permission denied", e);
    } catch (FileSystemException e) {
      throw new SnapfsException(e.getFile() + " can't be made: " + e.getReason(), e);
    }
    Set<String> names = names(directory);
    names.removeAll(HARMLESS);
    return names.isEmpty();
  }

  private static void make(Path directory) throws IOException {
    if (Files.isDirectory(directory)) {
      return;
    }
    Path parent = directory.getParent();
    if (parent != null) {
      make(parent);
    }
    Files.createDirectories(directory); // no complaint if another process has just done it
    try (Fd fd = Open.at(Fd.CWD, Names.of(String.valueOf(parent)), Open.O_RDONLY)) {
      FileSync.fsync(fd);
    }
  }

  private static Set<String> names(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries
          .map(path -> path.getFileName().toString())
          .collect(Collectors.toCollection(TreeSet::new));
    } catch (AccessDeniedException e) {
      throw new SnapfsException(directory + " can't be read: permission denied", e);
    }
  }

  private static String shown(Set<String> names) {
    String first = names.stream().limit(NAMES_SHOWN).collect(Collectors.joining(", "));
    return first.replaceAll("\\p{Cntrl}", "?") + (names.size() > NAMES_SHOWN ? ", ..." : "");
  }
}
