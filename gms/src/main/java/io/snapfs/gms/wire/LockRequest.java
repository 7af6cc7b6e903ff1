package io.snapfs.gms.wire;

/** Which lock a connection asks for. */
public enum LockRequest {
  /** To write: what was there goes. */
  RW("rw"),
  /** To fill a sealed layout anew. */
  RW_DATA("rw_data"),
  /** To read, as soon as something is committed. */
  RO("ro"),
  /** To write if nothing is committed, else to read. */
  AUTO("auto");

  private static final String AUTO_BEFORE = "rw_or_ro"; // what older clients say

  private final String text;

  LockRequest(String text) {
    this.text = text;
  }

  String text() {
    return text;
  }

  static LockRequest of(String text) throws WireException {
    for (LockRequest each : values()) {
      if (each.text.equals(text)) {
        return each;
      }
    }
    if (text.equals(AUTO_BEFORE)) {
      return AUTO;
    }
    throw new WireException("'" + text + "' is no lock type: it is rw, rw_data, ro or auto");
  }
}
