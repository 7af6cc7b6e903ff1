package io.snapfs.format;

/**
 * Stored bytes are not what they must be: damaged, truncated, or written by something that does not
 * follow FORMAT.md. Nothing that was read from them has been handed out.
 */
public class CorruptException extends SnapfsException {
  private final String resource;
  private final long offset;
  private final String problem;

  /**
   * @param resource the file or key, as the user can find it
   * @param offset byte offset in the resource, or -1 if the whole of it is meant
   * @param problem what was expected and what was found
   */
  public CorruptException(String resource, long offset, String problem) {
    this(resource, offset, problem, null);
  }

  public CorruptException(String resource, long offset, String problem, Throwable cause) {
    super(resource + (offset < 0 ? "" : " at offset " + offset) + " is damaged: " + problem, cause);
    this.resource = resource;
    this.offset = offset;
    this.problem = problem;
  }

  public String resource() {
    return resource;
  }

  /** Byte offset in {@link #resource()}, or -1. */
  public long offset() {
    return offset;
  }

  /** What was expected and what was found, without {@link #resource()} and {@link #offset()}. */
  public String problem() {
    return problem;
  }
}
