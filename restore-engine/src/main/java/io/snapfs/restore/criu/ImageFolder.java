package io.snapfs.restore.criu;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/** A folder with the images of one dump. */
public interface ImageFolder {
  /** Longest image that is read as a whole; all but {@code pages-N.img} are far shorter. */
  int MOST_IMAGE = 256 << 20;

  /**
   * Reads an image as a whole.
   *
   * @param name a file's name
   * @return its bytes from position 0, little-endian
   * @throws io.snapfs.format.MissingException if there is no such file
   * @throws io.snapfs.format.CorruptException if it is longer than {@link #MOST_IMAGE}, or damaged
   */
  ByteBuffer read(String name) throws IOException;

  /** The names of all files and folders in it. */
  List<String> names() throws IOException;

  /**
   * A file whose pages are read later.
   *
   * @throws io.snapfs.format.MissingException if there is no such file
   */
  PagesFile pages(String name) throws IOException;

  /**
   * The folder that {@code parent} links to: that of the dump that this one was made on top of.
   *
   * @throws io.snapfs.format.MissingException if it links nowhere
   */
  ImageFolder parent() throws IOException;

  /** The path of a file, or with an empty name of the folder, for messages. */
  String describe(String name);
}
