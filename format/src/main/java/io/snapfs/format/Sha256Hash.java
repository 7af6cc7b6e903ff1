package io.snapfs.format;

import io.snapfs.linux.Native;
import io.snapfs.linux.Sha256;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;

/**
 * SHA-256 of much that lies outside the Java heap, by the machine's own library where it has one,
 * else by Java's. For a few bytes of the heap {@link MessageDigest} is better, since this one has a
 * direct buffer of its own. Confined to one thread.
 */
public final class Sha256Hash {
  private final Sha256 ofMachine;
  private final MessageDigest ofJava;

  public Sha256Hash() {
    this(Native.unavailableReason().isPresent() ? Optional.empty() : Sha256.create());
  }

  /**
   * @param machine to hash with, if there is such a thing
   */
  Sha256Hash(Optional<Sha256> machine) {
    ofMachine = machine.orElse(null);
    ofJava = ofMachine == null ? ofJava() : null;
  }

  private static MessageDigest ofJava() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** Adds what remains in a buffer, whose position stays. */
  public void update(ByteBuffer bytes) {
    if (ofMachine == null) {
      ofJava.update(bytes.duplicate());
    } else {
      ofMachine.update(bytes);
    }
  }

  /** The digest of what was added since the last one, or in all. */
  public byte[] digest() {
    return ofMachine == null ? ofJava.digest() : ofMachine.digest();
  }

  /** The id of a chunk, of which the plain bytes remain in a buffer; its position stays. */
  public ChunkId idOf(ByteBuffer plain) {
    update(plain);
    return ChunkId.wrap(digest());
  }
}
