package io.snapfs.gms.load;

/**
 * What a slot of the cache holds.
 *
 * @param plan says which plan it is of, see {@link Prepared#keyOf}
 * @param run its number there
 */
record RunKey(String plan, int run) {
  /** A slot full of zeros, the same for every plan. */
  static final RunKey ZEROS = new RunKey("zeros", 0);
}
