package io.snapfs.restore.restore;

/** When the memory of a restored process arrives. */
public enum Mode {
  /** While it runs: first what it asks for. */
  LAZY,

  /** Before it runs. */
  EAGER
}
