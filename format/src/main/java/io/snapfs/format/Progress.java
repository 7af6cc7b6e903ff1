package io.snapfs.format;

/**
 * Told how far a long operation has come, from whatever thread does the work but never from two at
 * once. It must return quickly and not throw.
 */
@FunctionalInterface
public interface Progress {
  /** Tells nobody. */
  Progress NONE = (what, done, total) -> {};

  /**
   * So much is done.
   *
   * @param what the step, for people, such as {@code verifying}; when it changes, a new step began
   * @param done in the step's unit (bytes unless {@code what} says otherwise), never shrinking
   *     within a step
   * @param total in the same unit, or -1 if it is not known
   */
  void step(String what, long done, long total);
}
