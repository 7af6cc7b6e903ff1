package io.snapfs.gms.wire;

/** What a connection may do; the connection itself is the lock. */
public enum LockType {
  /** Builds a new layout and fills it, alone. */
  RW("rw"),
  /** Fills a layout that is sealed, alone. */
  RW_DATA("rw_data"),
  /** Reads what is committed, beside others. */
  RO("ro");

  private final String text;

  LockType(String text) {
    this.text = text;
  }

  String text() {
    return text;
  }

  static LockType of(String text) throws WireException {
    for (LockType each : values()) {
      if (each.text.equals(text)) {
        return each;
      }
    }
    throw new WireException("'" + text + "' is no lock type: it is rw, rw_data or ro");
  }
}
