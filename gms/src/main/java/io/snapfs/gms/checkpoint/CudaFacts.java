package io.snapfs.gms.checkpoint;

import io.snapfs.format.SnapfsException;
import io.snapfs.gms.cuda.GpuUuid;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What an artifact says about the CUDA state in it, as provenance: {@code cuda.pids}, process ids
 * with commas; {@code cuda.devices}, for each device its UUID, the bytes that it held and its name,
 * as {@code UUID|BYTES|NAME} with semicolons; {@code cuda.version}.
 *
 * @param pids the processes that were checkpointed
 * @param devices all devices that the driver showed then, in its order
 * @param version the newest CUDA that the driver supported
 */
public record CudaFacts(List<Integer> pids, List<Device> devices, String version) {
  private static final String PIDS = "cuda.pids";
  private static final String DEVICES = "cuda.devices";
  private static final String VERSION = "cuda.version";
  private static final int FIELDS = 3;

  /**
   * A device.
   *
   * @param bytes how much of its memory the processes held; 0 if that is not known
   */
  public record Device(GpuUuid uuid, long bytes, String name) {}

  public CudaFacts {
    pids = List.copyOf(pids);
    devices = List.copyOf(devices);
  }

  /** As provenance. */
  public Map<String, String> provenance() {
    Map<String, String> provenance = new TreeMap<>();
    provenance.put(PIDS, String.join(",", pids.stream().map(String::valueOf).toList()));
    provenance.put(
        DEVICES,
        String.join(
            ";",
            devices.stream()
                .map(each -> each.uuid + "|" + each.bytes + "|" + plain(each.name))
                .toList()));
    provenance.put(VERSION, version);
    return provenance;
  }

  private static String plain(String name) {
    return name.replaceAll("[|;]", " ");
  }

  /**
   * From an artifact's provenance; empty if it has no CUDA state.
   *
   * @throws SnapfsException if it says what can't be
   */
  public static Optional<CudaFacts> of(Map<String, String> provenance) throws SnapfsException {
    String pids = provenance.get(PIDS);
    if (pids == null) {
      return Optional.empty();
    }
    String devices = provenance.getOrDefault(DEVICES, "");
    try {
      List<Integer> numbers = new ArrayList<>();
      for (String each : pids.split(",", -1)) {
        int pid = Integer.parseInt(each);
        if (pid < 1) {
          throw new IllegalArgumentException("process id " + pid);
        }
        numbers.add(pid);
      }
      List<Device> list = new ArrayList<>();
      for (String each : devices.split(";", -1)) {
        list.add(device(each));
      }
      return Optional.of(new CudaFacts(numbers, list, provenance.getOrDefault(VERSION, "")));
    } catch (IllegalArgumentException e) {
      throw new SnapfsException(
          "the artifact's provenance is no list of CUDA processes and devices: "
              + PIDS
              + "="
              + pids
              + ", "
              + DEVICES
              + "="
              + devices
              + " ("
              + e.getMessage()
              + ")",
          e);
    }
  }

  private static Device device(String text) {
    String[] fields = text.split("\\|", FIELDS);
    if (fields.length != FIELDS) {
      throw new IllegalArgumentException("'" + text + "'");
    }
    long bytes = Long.parseLong(fields[1]);
    if (bytes < 0) {
      throw new IllegalArgumentException(bytes + " bytes");
    }
    return new Device(GpuUuid.parse(fields[0]), bytes, fields[2]);
  }
}
