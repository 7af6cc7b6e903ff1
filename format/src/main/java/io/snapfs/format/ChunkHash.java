package io.snapfs.format;

import io.snapfs.linux.Native;
import io.snapfs.linux.Sha256;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;

/**
 * Computes the ids of chunks: SHA-256, by the machine's own library where it has one, else by
 * Java's. Confined to one thread.
 */
public final class ChunkHash {
  private final Sha256 ofMachine;
  private final MessageDigest ofJava;

  public ChunkHash() {
    this(Native.unavailableReason().isPresent() ? Optional.empty() : Sha256.create());
  }

  /**
   * @param ofMachine what to hash direct buffers with, if there is such a thing
   */
  ChunkHash(Optional<Sha256> ofMachine) {
    this.ofMachine = ofMachine.orElse(null);
    try {
      ofJava = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** The id of what remains in a buffer; its position stays. */
  public ChunkId of(ByteBuffer plain) {
    if (ofMachine != null && plain.isDirect()) {
      return ChunkId.wrap(ofMachine.digest(plain));
    }
    ofJava.update(plain.duplicate());
    return ChunkId.wrap(ofJava.digest());
  }
}
