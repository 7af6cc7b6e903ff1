package io.snapfs.format.pack;

import io.snapfs.format.CorruptException;
import io.snapfs.format.PackId;
import io.snapfs.format.blob.BlobReader;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * One open pack, to read stored chunks where a manifest says they are. Owns its {@link BlobReader}.
 * Reads may come from many threads at once.
 */
public final class PackFile implements AutoCloseable {
  private final BlobReader blob;
  private final PackFooter footer;

  private PackFile(BlobReader blob, PackFooter footer) {
    this.blob = blob;
    this.footer = footer;
  }

  /**
   * Checks header and footer, in constant time: the index is not read. The blob is closed if that
   * fails.
   *
   * @param expected the id by which the pack was looked up
   * @param expectedLength length of the file in bytes as the manifest has it, or -1 if unknown
   * @throws CorruptException if it is not that pack, or damaged
   * @throws io.snapfs.format.TooNewException if it is of a version, or needs features, that this
   *     build does not know; encryption is one of them
   */
  public static PackFile open(BlobReader blob, PackId expected, long expectedLength)
      throws IOException {
    try {
      if (expectedLength >= 0 && blob.length() != expectedLength) {
        throw new CorruptException(
            blob.describe(),
            -1,
            blob.length() + " bytes long, the manifest says " + expectedLength);
      }
      return new PackFile(blob, PackFrame.read(blob, expected));
    } catch (IOException | RuntimeException e) {
      closeAfter(e, blob);
      throw e;
    }
  }

  private static void closeAfter(Exception cause, BlobReader blob) {
    try {
      blob.close();
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }

  public PackId id() {
    return footer.id();
  }

  /** Bytes of the whole file. */
  public long length() {
    return footer.length();
  }

  /** The pack as a user can find it, for messages. */
  public String describe() {
    return blob.describe();
  }

  /**
   * Fills the remaining bytes of {@code destination}, which is direct, with stored bytes.
   *
   * @throws CorruptException if that reaches outside of the stored chunks
   */
  public void readStored(long offset, ByteBuffer destination) throws IOException {
    long end = footer.indexOffset();
    if (offset < PackHeader.LENGTH || offset > end - destination.remaining()) {
      throw new CorruptException(
          blob.describe(),
          offset,
          String.format(
              "%d bytes are asked for there, but chunks lie between %d and %d",
              destination.remaining(), PackHeader.LENGTH, end));
    }
    blob.readFully(offset, destination);
  }

  /** See {@link BlobReader#willNeed}. */
  public void willNeed(long offset, long length) throws IOException {
    blob.willNeed(offset, length);
  }

  /** See {@link BlobReader#isNear}. */
  public boolean isNear(long offset, long length) throws IOException {
    return blob.isNear(offset, length);
  }

  @Override
  public void close() throws IOException {
    blob.close();
  }
}
