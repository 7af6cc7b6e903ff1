package io.snapfs.format.blob;

import io.snapfs.format.CorruptException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A blob in memory: written once, then read as often as one likes, also damaged. */
public final class MemoryBlob implements BlobWriter {
  private final String key;
  private final ByteArrayOutputStream content = new ByteArrayOutputStream();
  private boolean published;
  private boolean closed;

  public MemoryBlob(String key) {
    this.key = key;
  }

  @Override
  public String key() {
    return key;
  }

  @Override
  public void write(ByteBuffer source) {
    if (published || closed) {
      throw new IllegalStateException(key + " is " + (closed ? "closed" : "published"));
    }
    byte[] bytes = new byte[source.remaining()];
    source.get(bytes);
    content.writeBytes(bytes);
  }

  @Override
  public long length() {
    return content.size();
  }

  @Override
  public void publish(IfExists ifExists) {
    published = true;
  }

  @Override
  public void close() {
    closed = true;
  }

  public boolean isClosed() {
    return closed;
  }

  /** A copy of what was written. */
  public byte[] bytes() {
    return content.toByteArray();
  }

  /** A reader of these bytes. */
  public static Reader reader(String name, byte[] bytes) {
    return new Reader(name, bytes);
  }

  /** Reads bytes in memory as if they were in a store. */
  public static final class Reader implements BlobReader {
    private final String name;
    private final byte[] bytes;
    private boolean closed;

    private Reader(String name, byte[] bytes) {
      this.name = name;
      this.bytes = bytes;
    }

    @Override
    public String describe() {
      return name;
    }

    @Override
    public long length() {
      return bytes.length;
    }

    @Override
    public void readFully(long position, ByteBuffer destination) throws CorruptException {
      if (!destination.isDirect() || closed) {
        throw new IllegalStateException(closed ? name + " is closed" : "not a direct buffer");
      }
      if (position < 0 || position > bytes.length - destination.remaining()) {
        throw new CorruptException(name, position, "the blob ends at " + bytes.length);
      }
      destination.put(bytes, (int) position, destination.remaining());
    }

    @Override
    public ByteBuffer map() {
      return ByteBuffer.allocateDirect(bytes.length)
          .put(bytes)
          .flip()
          .asReadOnlyBuffer()
          .order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public void close() {
      closed = true;
    }

    public boolean isClosed() {
      return closed;
    }
  }
}
