package io.snapfs.restore.criu;

import io.snapfs.format.CorruptException;
import io.snapfs.format.MissingException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Images in a directory of the filesystem. */
public final class DirectoryFolder implements ImageFolder {
  private final Path directory;

  /** A directory, which need not exist before it is read from. */
  public DirectoryFolder(Path directory) {
    this.directory = directory;
  }

  @Override
  public ByteBuffer read(String name) throws IOException {
    try (InputStream in = Files.newInputStream(directory.resolve(name))) {
      byte[] bytes = in.readNBytes(MOST_IMAGE + 1);
      if (bytes.length > MOST_IMAGE) {
        throw new CorruptException(
            describe(name), -1, "it has more than " + MOST_IMAGE + " bytes, too many for an image");
      }
      return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    } catch (NoSuchFileException e) {
      throw missing(name, e);
    }
  }

  @Override
  public List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }

  @Override
  public PagesFile pages(String name) throws IOException {
    try {
      return new PagesFile(-1, Files.size(directory.resolve(name)), describe(name));
    } catch (NoSuchFileException e) {
      throw missing(name, e);
    }
  }

  @Override
  public ImageFolder parent() throws IOException {
    Path parent = directory.resolve("parent");
    if (!Files.isDirectory(parent)) {
      throw missing("parent", null);
    }
    return new DirectoryFolder(parent.toRealPath());
  }

  @Override
  public String describe(String name) {
    return directory.resolve(name).toString();
  }

  private MissingException missing(String name, Throwable cause) {
    return new MissingException("there is no " + describe(name), cause);
  }
}
