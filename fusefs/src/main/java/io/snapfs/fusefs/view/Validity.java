package io.snapfs.fusefs.view;

/** For how long the kernel may keep a name or attributes. */
public enum Validity {
  /** It may be otherwise at once: ask every time. */
  NONE(0),
  /** It can change when an artifact is published or removed: ask again soon. */
  BRIEF(300),
  /** It is part of an immutable artifact. */
  FOREVER(10L * 365 * 24 * 3600 * 1000);

  private final long millis;

  Validity(long millis) {
    this.millis = millis;
  }

  public long millis() {
    return millis;
  }
}
