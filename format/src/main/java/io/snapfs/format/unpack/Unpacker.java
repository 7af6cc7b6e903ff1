package io.snapfs.format.unpack;

import io.snapfs.format.AlreadyExistsException;
import io.snapfs.format.MissingException;
import io.snapfs.format.Progress;
import io.snapfs.format.SnapfsException;
import io.snapfs.format.store.OpenArtifact;
import io.snapfs.linux.Directory;
import io.snapfs.linux.Entries;
import io.snapfs.linux.Errno;
import io.snapfs.linux.Fd;
import io.snapfs.linux.LinuxException;
import io.snapfs.linux.Names;
import io.snapfs.linux.Open;
import java.io.IOException;
import java.nio.file.Path;
import java.util.UUID;

/**
 * Unpacks an artifact into a directory. See the package description for what it guarantees. For one
 * run.
 */
public final class Unpacker {
  private final OpenArtifact artifact;
  private final int jobs;
  private final Progress progress;

  /**
   * @param artifact stays the caller's to close
   * @param jobs threads that decode and write, at least 1
   */
  public Unpacker(OpenArtifact artifact, int jobs, Progress progress) {
    this.artifact = artifact;
    this.jobs = jobs;
    this.progress = progress;
  }

  /**
   * Unpacks everything.
   *
   * @param target a directory that doesn't exist (but its parent does), or an empty one
   * @throws AlreadyExistsException if there is something in it
   * @throws io.snapfs.format.CorruptException if the artifact is damaged; nothing is left behind
   */
  public UnpackResult unpack(Path target) throws IOException {
    Path absolute = target.toAbsolutePath().normalize();
    if (absolute.getFileName() == null) {
      throw new AlreadyExistsException("can't unpack over the root directory");
    }
    byte[] name = Names.of(absolute.getFileName().toString());
    try (Fd parent = openParent(absolute)) {
      checkEmpty(parent, name, absolute);
      byte[] temporary = Names.of(".snapfs-unpack-" + UUID.randomUUID());
      Entries.mkdir(parent, temporary, 0700);
      boolean done = false;
      try {
        UnpackResult result = write(parent, temporary);
        moveIntoPlace(parent, temporary, name, absolute);
        done = true;
        return result;
      } finally {
        if (!done) {
          TreeRemover.remove(parent, temporary);
        }
      }
    } catch (LinuxException e) {
      throw explain(e, absolute);
    }
  }

  private UnpackResult write(Fd parent, byte[] temporary) throws IOException {
    try (Fd root = Open.directory(parent, temporary);
        ContentWriter contents = new ContentWriter(artifact, jobs, progress)) {
      TreeWriter writer = new TreeWriter(artifact.manifest(), contents);
      writer.write(parent, temporary, root);
      return writer.result();
    }
  }

  private static Fd openParent(Path target) throws IOException {
    try {
      return Open.at(
          Fd.CWD, Names.of(target.getParent().toString()), Open.O_RDONLY | Open.O_DIRECTORY);
    } catch (LinuxException e) {
      if (e.isErrno(Errno.ENOENT) || e.isErrno(Errno.ENOTDIR)) {
        throw new MissingException(
            "can't unpack to " + target + ": there is no folder " + target.getParent(), e);
      }
      throw e;
    }
  }

  private static void checkEmpty(Fd parent, byte[] name, Path target) throws IOException {
    try (Fd existing = Open.directory(parent, name)) {
      if (!Directory.list(existing).isEmpty()) {
        throw new AlreadyExistsException(
            target + " is not empty: unpack to a new folder, or empty it first");
      }
    } catch (LinuxException e) {
      if (e.isErrno(Errno.ENOTDIR) || e.isErrno(Errno.ELOOP)) {
        throw new AlreadyExistsException(target + " exists and is not a folder");
      }
      if (!e.isErrno(Errno.ENOENT)) {
        throw e;
      }
    }
  }

  private static void moveIntoPlace(Fd parent, byte[] temporary, byte[] name, Path target)
      throws IOException {
    try {
      Entries.rename(parent, temporary, parent, name);
    } catch (LinuxException e) {
      if (e.isErrno(Errno.EBUSY) || e.isErrno(Errno.EXDEV)) {
        throw new SnapfsException(
            target + " is a mount point: unpack to a new folder inside of it", e);
      }
      if (e.isErrno(Errno.ENOTEMPTY) || e.isErrno(Errno.EEXIST) || e.isErrno(Errno.ENOTDIR)) {
        throw new AlreadyExistsException(target + " was made by somebody else meanwhile");
      }
      throw e;
    }
  }

  private static IOException explain(LinuxException e, Path target) {
    if (e.isErrno(Errno.ENOSPC) || e.isErrno(Errno.EDQUOT)) {
      return new SnapfsException(
          "no space left for unpacking to "
              + target
              + "; nothing was left there: "
              + e.getMessage(),
          e);
    }
    if (e.isErrno(Errno.EROFS) || e.isErrno(Errno.EACCES)) {
      return new SnapfsException("can't write to " + target + ": " + e.getMessage(), e);
    }
    return e;
  }
}
