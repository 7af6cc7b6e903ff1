package io.snapfs.gms.cuda;

import java.util.Objects;
import java.util.TreeMap;

/**
 * Owns a range of device addresses into which {@link DeviceMemory} is mapped. The addresses stay
 * reserved while nothing is mapped there. For one thread at a time.
 */
public final class AddressRange implements AutoCloseable {
  /** What a device may do with a mapping. */
  public enum Access {
    READ(1),
    READ_WRITE(3);

    private final int flags;

    Access(int flags) {
      this.flags = flags;
    }
  }

  private static final int DEVICE = 1;

  // CUmemAccessDesc
  private static final int LOCATION_ID = 4;
  private static final int FLAGS = 8;

  private final CudaDevice device;
  private final long address;
  private final long size;
  private final TreeMap<Long, Long> mapped = new TreeMap<>(); // offset to size
  private final Once closed = new Once();

  private AddressRange(CudaDevice device, long address, long size) {
    this.device = device;
    this.address = address;
    this.size = size;
  }

  /**
   * Reserves addresses.
   *
   * @param size a multiple of the granularity
   * @param wanted where it is to begin; 0 for anywhere
   * @throws CudaException if it can't be there
   */
  public static AddressRange reserve(CudaDevice device, long size, long wanted)
      throws CudaException {
    CudaLibrary library = device.library();
    Arguments arguments = Arguments.get();
    library.check(
        library.memory().cuMemAddressReserve(arguments.address(), size, 0, wanted, 0),
        "cuMemAddressReserve",
        size);
    AddressRange range = new AddressRange(device, arguments.buffer().getLong(0), size);
    if (wanted != 0 && range.address != wanted) {
      range.close(); // the driver takes an address as a wish
      throw library.failure(
          CudaException.INVALID_VALUE,
          "cuMemAddressReserve",
          "of " + size + " bytes at 0x" + Long.toHexString(wanted) + ", which is taken");
    }
    return range;
  }

  /** Where it begins. */
  public long address() {
    return address;
  }

  /** In bytes. */
  public long size() {
    return size;
  }

  /**
   * Maps memory, all of it.
   *
   * @param offset in the range, where nothing is mapped
   */
  public void map(long offset, DeviceMemory memory, Access access) throws CudaException {
    closed.check(this);
    Objects.checkFromIndexSize(offset, memory.size(), size);
    CudaLibrary library = device.library();
    library.check(
        library.memory().cuMemMap(address + offset, memory.size(), 0, memory.handle(), 0),
        "cuMemMap",
        memory);
    mapped.put(offset, memory.size());
    setAccess(offset, memory.size(), access);
  }

  /**
   * Says what may be done with mappings.
   *
   * @param offset of the first of them
   * @param length of all of them together
   */
  public void setAccess(long offset, long length, Access access) throws CudaException {
    closed.check(this);
    Objects.checkFromIndexSize(offset, length, size);
    CudaLibrary library = device.library();
    Arguments arguments = Arguments.get();
    arguments.buffer().putInt(0, DEVICE).putInt(LOCATION_ID, device.handle());
    arguments.buffer().putInt(FLAGS, access.flags);
    library.check(
        library.memory().cuMemSetAccess(address + offset, length, arguments.address(), 1),
        "cuMemSetAccess",
        this);
  }

  /** Takes all mappings away. The device must not be using them. */
  public void unmapAll() throws CudaException {
    CudaLibrary library = device.library();
    while (!mapped.isEmpty()) {
      long offset = mapped.firstKey();
      library.check(
          library.memory().cuMemUnmap(address + offset, mapped.get(offset)), "cuMemUnmap", this);
      mapped.remove(offset);
    }
  }

  /** Unmaps what is mapped and gives the addresses back. */
  @Override
  public void close() throws CudaException {
    if (closed.first()) {
      unmapAll();
      CudaLibrary library = device.library();
      library.check(library.memory().cuMemAddressFree(address, size), "cuMemAddressFree", this);
    }
  }

  @Override
  public String toString() {
    return size + " bytes at 0x" + Long.toHexString(address) + " of " + device;
  }
}
