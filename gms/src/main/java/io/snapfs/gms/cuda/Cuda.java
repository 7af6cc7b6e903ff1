package io.snapfs.gms.cuda;

import io.snapfs.format.MissingException;
import io.snapfs.format.SnapfsException;
import io.snapfs.linux.Native;
import io.snapfs.linux.NativeLibrary;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The CUDA driver of this machine, initialised. Lives as long as the process: a driver that is
 * loaded is never unloaded. Safe for use by many threads.
 */
public final class Cuda {
  /** System property that names another library than {@code libcuda.so.1}. */
  public static final String LIBRARY_PROPERTY = "snapfs.libcuda";

  /** Environment variable with the same meaning; the property goes first. */
  public static final String LIBRARY_VARIABLE = "SNAPFS_LIBCUDA";

  private static final String LIBRARY = "libcuda.so.1";

  /** The first driver with the checkpoint API, as cuDriverGetVersion counts (CUDA 12.8, r570). */
  private static final int CHECKPOINT_SINCE = 12_080;

  private final CudaLibrary library;
  private final int version;
  private final List<CudaDevice> devices;

  private Cuda(CudaLibrary library, int version) throws CudaException {
    this.library = library;
    this.version = version;
    Arguments arguments = Arguments.get();
    library.check(library.driver().cuDeviceGetCount(arguments.address()), "cuDeviceGetCount");
    int count = arguments.buffer().getInt(0);
    List<CudaDevice> found = new ArrayList<>();
    for (int ordinal = 0; ordinal < count; ordinal++) {
      found.add(CudaDevice.of(library, ordinal));
    }
    this.devices = List.copyOf(found);
  }

  /**
   * What {@link #find} found: a driver, or the reason why there is none.
   *
   * @param cuda null if there is none
   * @param reason for a user, in one line; empty if there is one
   */
  public record Availability(Cuda cuda, String reason) {
    /** Whether there is a driver with a device. */
    public boolean isAvailable() {
      return cuda != null;
    }

    /**
     * The driver.
     *
     * @param purpose what it is needed for, such as {@code "to serve device memory"}
     * @throws MissingException with the reason, if there is none
     */
    public Cuda require(String purpose) throws MissingException {
      if (cuda == null) {
        throw new MissingException("a CUDA device is needed " + purpose + ": " + reason);
      }
      return cuda;
    }
  }

  /** Made when {@link #find()} is first called. */
  private static final class OfProcess {
    static final Availability FOUND = find(libraryOfProcess());
  }

  /** The driver of this process: looked for once, by the library's name or the override. */
  public static Availability find() {
    return OfProcess.FOUND;
  }

  /**
   * Why the driver's library of this process can't be loaded, for showing to a user; empty if it
   * can. That takes milliseconds, where to initialise it ({@link #find()}) takes tenths of seconds.
   */
  public static Optional<String> loadFailure() {
    Optional<String> noNativeCalls = Native.unavailableReason();
    if (noNativeCalls.isPresent()) {
      return noNativeCalls;
    }
    try {
      NativeLibrary.open(libraryOfProcess());
      return Optional.empty();
    } catch (UnsatisfiedLinkError e) {
      return Optional.of(notLoaded(libraryOfProcess(), e));
    }
  }

  /**
   * Loads a driver library and initialises it.
   *
   * @param library a file, or a name that the dynamic linker finds
   */
  public static Availability find(String library) {
    Optional<String> noNativeCalls = Native.unavailableReason();
    if (noNativeCalls.isPresent()) {
      return new Availability(null, noNativeCalls.get());
    }
    CudaLibrary loaded;
    try {
      loaded = new CudaLibrary(library);
    } catch (LinkageError | RuntimeException e) {
      return new Availability(null, notLoaded(library, e));
    }
    try {
      return new Availability(initialised(loaded), "");
    } catch (CudaException e) {
      return new Availability(null, reason(e));
    } catch (UnsatisfiedLinkError e) {
      return new Availability(null, library + " is not a CUDA driver, or too old: " + firstLine(e));
    }
  }

  private static String notLoaded(String library, Throwable e) {
    return "the driver library "
        + library
        + " can't be loaded ("
        + firstLine(e)
        + "): install the NVIDIA driver, or run the container with its libraries";
  }

  private static Cuda initialised(CudaLibrary library) throws CudaException {
    Arguments arguments = Arguments.zeroed(Long.BYTES);
    library.check(library.driver().cuDriverGetVersion(arguments.address()), "cuDriverGetVersion");
    int version = arguments.buffer().getInt(0);
    library.check(library.driver().cuInit(0), "cuInit");
    return new Cuda(library, version);
  }

  private static String reason(CudaException e) {
    return e.is(CudaException.NO_DEVICE)
        ? "the driver finds no device (" + e.getMessage() + "): look at 'nvidia-smi -L'"
        : e.getMessage();
  }

  private static String firstLine(Throwable e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse(e.getClass().getSimpleName());
  }

  private static String libraryOfProcess() {
    String property = System.getProperty(LIBRARY_PROPERTY);
    String variable = System.getenv(LIBRARY_VARIABLE);
    if (property != null && !property.isEmpty()) {
      return property;
    }
    return variable == null || variable.isEmpty() ? LIBRARY : variable;
  }

  /** The newest CUDA that the driver supports, as {@code 13.0}. */
  public String version() {
    return version / 1000 + "." + version % 1000 / 10;
  }

  /** The file or name it was loaded from. */
  public String library() {
    return library.path();
  }

  /** All devices that this process may see, in the driver's order. */
  public List<CudaDevice> devices() {
    return devices;
  }

  /**
   * A device by its number.
   *
   * @throws SnapfsException if there is none, naming those that are
   */
  public CudaDevice device(int ordinal) throws SnapfsException {
    if (ordinal < 0 || ordinal >= devices.size()) {
      throw new MissingException(
          "there is no device "
              + ordinal
              + ": this process sees devices 0 to "
              + (devices.size() - 1));
    }
    return devices.get(ordinal);
  }

  /** The device with a UUID. */
  public Optional<CudaDevice> device(GpuUuid uuid) {
    return devices.stream().filter(each -> each.uuid().equals(uuid)).findFirst();
  }

  /**
   * The checkpoint API.
   *
   * @throws SnapfsException if the driver is too old for it
   */
  public CheckpointApi checkpoint() throws SnapfsException {
    if (version < CHECKPOINT_SINCE) {
      throw new SnapfsException(
          "the CUDA driver is too old to checkpoint processes: it supports CUDA "
              + version()
              + ", and the checkpoint API came with 12.8 (driver 570)");
    }
    return new CheckpointApi(library);
  }
}
