package io.snapfs.linux;

import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * SHA-256 (FIPS 180-4) of memory outside the Java heap, by OpenSSL's libcrypto, which nearly every
 * machine has. Java's own copies such memory into arrays first, and is slow until it was compiled.
 * Confined to one thread.
 *
 * <p>The functions are the library's oldest: they work on memory of the caller and need none of the
 * library's own state, so that it is neither initialised nor, at exit, taken down under threads
 * that still hash.
 */
public final class Sha256 {
  /** Bytes of a digest. */
  public static final int LENGTH = 32;

  /** A SHA256_CTX has 112 bytes. */
  private static final int CONTEXT = 256;

  /** For copies of what lies in the Java heap. */
  private static final int PIECE = 4096;

  private static final int PIECE_AT = CONTEXT + LENGTH;

  private static final String DIGEST_OF_ABC =
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

  private static final Functions FUNCTIONS =
      Stream.of("libcrypto.so.3", "libcrypto.so.1.1")
          .map(Functions::of)
          .filter(Sha256::isRight)
          .findFirst()
          .orElse(null);

  private final Functions functions;
  private final ByteBuffer memory = ByteBuffer.allocateDirect(PIECE_AT + PIECE);
  private final long context = Addresses.of(memory);

  private Sha256(Functions functions) {
    this.functions = functions;
    functions.init.call(context);
  }

  /** Empty where there is no such library, or none that computes what it should. */
  public static Optional<Sha256> create() {
    return FUNCTIONS == null ? Optional.empty() : Optional.of(new Sha256(FUNCTIONS));
  }

  /** Adds what remains in a buffer, whose position stays. */
  public void update(ByteBuffer bytes) {
    if (bytes.isDirect()) {
      try {
        functions.update.call(context, Addresses.of(bytes) + bytes.position(), bytes.remaining());
      } finally {
        Reference.reachabilityFence(bytes);
      }
      return;
    }
    for (int at = bytes.position(); at < bytes.limit(); at += PIECE) {
      int length = Math.min(PIECE, bytes.limit() - at);
      memory.put(PIECE_AT, bytes, at, length);
      functions.update.call(context, context + PIECE_AT, length);
    }
  }

  /** The digest of what was added since the last one, or in all. */
  public byte[] digest() {
    functions.last.call(context + CONTEXT, context);
    functions.init.call(context);
    byte[] digest = new byte[LENGTH];
    memory.get(CONTEXT, digest);
    return digest;
  }

  private static boolean isRight(Functions functions) {
    if (functions == null) {
      return false;
    }
    Sha256 sha256 = new Sha256(functions);
    sha256.update(ByteBuffer.wrap(new byte[] {'a', 'b', 'c'}));
    return Arrays.equals(sha256.digest(), HexFormat.of().parseHex(DIGEST_OF_ABC));
  }

  /** Those of one library. */
  private static final class Functions {
    final NativeFunction init;
    final NativeFunction update;
    final NativeFunction last;

    Functions(NativeLibrary library) {
      init = library.function("SHA256_Init");
      update = library.function("SHA256_Update");
      last = library.function("SHA256_Final");
    }

    /** Null if the library is not there, or lacks them. */
    static Functions of(String library) {
      try {
        return new Functions(NativeLibrary.open(library));
      } catch (LinkageError e) {
        return null;
      }
    }
  }
}
