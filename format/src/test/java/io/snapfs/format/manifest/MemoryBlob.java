package io.snapfs.format.manifest;

import io.snapfs.format.blob.BlobWriter;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/** A blob that is written to memory. */
final class MemoryBlob implements BlobWriter {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  byte[] toBytes() {
    return bytes.toByteArray();
  }

  @Override
  public String key() {
    return "memory";
  }

  @Override
  public void write(ByteBuffer source) {
    byte[] copy = new byte[source.remaining()];
    source.get(copy);
    bytes.writeBytes(copy);
  }

  @Override
  public long length() {
    return bytes.size();
  }

  @Override
  public void publish(IfExists ifExists) {}

  @Override
  public void close() {}
}
