package io.snapfs.linux;

import com.kenai.jffi.CallContext;
import com.kenai.jffi.CallingConvention;
import com.kenai.jffi.Invoker;
import com.kenai.jffi.Type;
import java.util.Arrays;

/**
 * A C function whose arguments and result are integers or pointers, six at most.
 *
 * <p>All are handed over as 64 bits, which suits narrower ones too on x86-64 and aarch64: an
 * argument has a register of its own, of which the function looks at what it declares, and so does
 * who casts the result. Variable arguments go the same way. Errno is kept for {@link
 * LinuxException}. Thread-safe; allocates nothing.
 */
public final class NativeFunction {
  private static final int MOST_ARGUMENTS = 6;

  private static final Invoker INVOKER = Invoker.getInstance();
  private static final CallContext[] CONTEXTS = new CallContext[MOST_ARGUMENTS + 1];

  static {
    for (int i = 0; i <= MOST_ARGUMENTS; i++) {
      Type[] arguments = new Type[i];
      Arrays.fill(arguments, Type.SINT64);
      CONTEXTS[i] = new CallContext(Type.SINT64, arguments, CallingConvention.DEFAULT, true);
    }
  }

  private static final CallContext NONE = CONTEXTS[0];
  private static final CallContext ONE = CONTEXTS[1];
  private static final CallContext TWO = CONTEXTS[2];
  private static final CallContext THREE = CONTEXTS[3];
  private static final CallContext FOUR = CONTEXTS[4];
  private static final CallContext FIVE = CONTEXTS[5];
  private static final CallContext SIX = CONTEXTS[6];

  private final long address;

  NativeFunction(long address) {
    this.address = address;
  }

  /** Calls it without arguments, as the others do with as many as they are given. */
  public long call() {
    return INVOKER.invokeN0(NONE, address);
  }

  public long call(long a) {
    return INVOKER.invokeN1(ONE, address, a);
  }

  public long call(long a, long b) {
    return INVOKER.invokeN2(TWO, address, a, b);
  }

  public long call(long a, long b, long c) {
    return INVOKER.invokeN3(THREE, address, a, b, c);
  }

  public long call(long a, long b, long c, long d) {
    return INVOKER.invokeN4(FOUR, address, a, b, c, d);
  }

  public long call(long a, long b, long c, long d, long e) {
    return INVOKER.invokeN5(FIVE, address, a, b, c, d, e);
  }

  public long call(long a, long b, long c, long d, long e, long f) {
    return INVOKER.invokeN6(SIX, address, a, b, c, d, e, f);
  }
}
