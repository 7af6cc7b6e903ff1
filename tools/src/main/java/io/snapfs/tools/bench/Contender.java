package io.snapfs.tools.bench;

/** A way to restore, to be measured beside others. */
public enum Contender {
  /** {@code snapfs restore --detach}, as a user starts it. */
  SNAPFS("snapfs"),

  /** {@code criu restore} of raw images: it runs when all memory has been copied. */
  STOCK_EAGER("stock eager"),

  /** {@code criu restore --lazy-pages} of raw images, with {@code criu lazy-pages}. */
  STOCK_LAZY("stock lazy-pages");

  private final String label;

  Contender(String label) {
    this.label = label;
  }

  /** What it is called in tables and JSON. */
  public String label() {
    return label;
  }
}
