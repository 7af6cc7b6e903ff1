package io.snapfs.gms.cuda;

import java.io.IOException;

/**
 * A call to the CUDA driver failed. The message reads {@code cuMemCreate of 2147483648 bytes on
 * GPU-...: CUDA_ERROR_OUT_OF_MEMORY (2: out of memory)}.
 */
public final class CudaException extends IOException {
  private static final long serialVersionUID = 1;

  public static final int INVALID_VALUE = 1;
  public static final int OUT_OF_MEMORY = 2;
  public static final int NOT_INITIALIZED = 3;
  public static final int NO_DEVICE = 100;
  public static final int ILLEGAL_STATE = 401;
  public static final int NOT_READY = 600;
  public static final int NOT_SUPPORTED = 801;

  private final String call;
  private final int code;
  private final String name;

  CudaException(String call, String subject, int code, String name, String text) {
    super(
        call
            + (subject.isEmpty() ? "" : " " + subject)
            + ": "
            + name
            + " ("
            + code
            + (text.isEmpty() ? "" : ": " + text)
            + ")");
    this.call = call;
    this.code = code;
    this.name = name;
  }

  /** The driver's function. */
  public String call() {
    return call;
  }

  /** What it returned: a CUresult, see the constants. */
  public int code() {
    return code;
  }

  /** The driver's name for the code, such as {@code CUDA_ERROR_OUT_OF_MEMORY}. */
  public String errorName() {
    return name;
  }

  /** Whether the code is this one. */
  public boolean is(int expected) {
    return code == expected;
  }
}
