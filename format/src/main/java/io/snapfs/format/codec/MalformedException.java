package io.snapfs.format.codec;

/** Stored bytes that their codec can't have written. {@link ChunkDecoder} says which they are. */
final class MalformedException extends Exception {
  MalformedException(String problem) {
    super(problem);
  }

  MalformedException(String problem, Throwable cause) {
    super(problem, cause);
  }
}
