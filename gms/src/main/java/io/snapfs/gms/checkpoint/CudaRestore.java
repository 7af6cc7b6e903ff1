package io.snapfs.gms.checkpoint;

import io.snapfs.format.MissingException;
import io.snapfs.format.SnapfsException;
import io.snapfs.gms.cuda.CheckpointApi;
import io.snapfs.gms.cuda.Cuda;
import io.snapfs.gms.cuda.CudaContext;
import io.snapfs.gms.cuda.CudaDevice;
import io.snapfs.gms.cuda.GpuPair;
import io.snapfs.gms.cuda.GpuUuid;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Brings CUDA state of restored processes back to devices. What can be checked is checked before,
 * since the driver's failure is final. Stateless.
 */
public final class CudaRestore {
  private CudaRestore() {}

  /**
   * Which device takes which one's place, for all of the checkpoint; empty if they are the same.
   *
   * <p>A device that is here stands for itself. One that is not, or whose place was given away, and
   * which was not named, is stood for by the first free one of the same type: the driver takes no
   * map in which two devices become one.
   *
   * @param wanted pairs that the user named
   * @throws SnapfsException if there is none of the type, or the wish makes no sense
   */
  public static List<GpuPair> pairs(Cuda cuda, CudaFacts facts, List<GpuPair> wanted)
      throws SnapfsException {
    Map<GpuUuid, GpuUuid> named = named(cuda, facts, wanted);
    Set<GpuUuid> given = Set.copyOf(named.values());
    Set<GpuUuid> taken = new HashSet<>(given);
    for (CudaFacts.Device each : facts.devices()) {
      if (!named.containsKey(each.uuid()) && standsForItself(cuda, each, given)) {
        taken.add(each.uuid());
      }
    }
    List<GpuPair> pairs = new ArrayList<>();
    boolean same = true;
    for (CudaFacts.Device each : facts.devices()) {
      GpuUuid to = named.get(each.uuid());
      if (to == null) {
        to = standsForItself(cuda, each, given) ? each.uuid() : substitute(cuda, each, taken);
      }
      if (to != null) { // one that was not used needs none
        same &= to.equals(each.uuid());
        pairs.add(new GpuPair(each.uuid(), to));
      }
    }
    return same && pairs.size() == facts.devices().size() ? List.of() : List.copyOf(pairs);
  }

  private static boolean standsForItself(Cuda cuda, CudaFacts.Device device, Set<GpuUuid> given) {
    return !given.contains(device.uuid()) && cuda.device(device.uuid()).isPresent();
  }

  private static Map<GpuUuid, GpuUuid> named(Cuda cuda, CudaFacts facts, List<GpuPair> wanted)
      throws SnapfsException {
    Map<GpuUuid, GpuUuid> named = new HashMap<>();
    for (GpuPair pair : wanted) {
      CudaFacts.Device from =
          facts.devices().stream()
              .filter(each -> each.uuid().equals(pair.from()))
              .findFirst()
              .orElseThrow(
                  () ->
                      new SnapfsException(
                          pair.from()
                              + " is not among the devices of the checkpoint: "
                              + devicesOf(facts)));
      CudaDevice to =
          cuda.device(pair.to())
              .orElseThrow(
                  () ->
                      new MissingException(
                          "device "
                              + pair.to()
                              + " is not here: this process sees "
                              + cuda.devices()));
      if (!to.name().equals(from.name())) {
        throw new SnapfsException(
            "%s (%s) can't take the place of %s (%s): devices must be of the same type"
                .formatted(pair.to(), to.name(), pair.from(), from.name()));
      }
      if (named.containsValue(pair.to())) {
        throw new SnapfsException(pair.to() + " can't take the place of two devices");
      }
      if (named.put(pair.from(), pair.to()) != null) {
        throw new SnapfsException(pair.from() + " is mapped twice");
      }
    }
    return named;
  }

  private static List<GpuUuid> devicesOf(CudaFacts facts) {
    return facts.devices().stream().map(CudaFacts.Device::uuid).toList();
  }

  private static GpuUuid substitute(Cuda cuda, CudaFacts.Device missing, Set<GpuUuid> taken)
      throws SnapfsException {
    for (CudaDevice each : cuda.devices()) {
      if (each.name().equals(missing.name()) && taken.add(each.uuid())) {
        return each.uuid();
      }
    }
    if (missing.bytes() == 0 && !cuda.devices().isEmpty()) {
      return null;
    }
    throw new MissingException(
        "the checkpoint needs %s (%s), and there is no such device here, nor a free one of the same type: this process sees %s; choose one by --gpu-map"
            .formatted(
                missing.uuid(),
                missing.name(),
                cuda.devices().stream().map(each -> each + " " + each.name()).toList()));
  }

  /**
   * Checks that the devices have as much free memory as the processes held. Takes a context on each
   * for a moment, which counts as used.
   *
   * @param pairs as {@link #pairs} gave them
   * @throws SnapfsException if one has less
   */
  public static void checkMemory(Cuda cuda, CudaFacts facts, List<GpuPair> pairs)
      throws IOException {
    Map<GpuUuid, GpuUuid> places = new HashMap<>();
    pairs.forEach(each -> places.put(each.from(), each.to()));
    Map<GpuUuid, Long> needed = new HashMap<>();
    for (CudaFacts.Device each : facts.devices()) {
      if (each.bytes() > 0) {
        needed.merge(places.getOrDefault(each.uuid(), each.uuid()), each.bytes(), Long::sum);
      }
    }
    for (Map.Entry<GpuUuid, Long> each : needed.entrySet()) {
      CudaDevice device = cuda.device(each.getKey()).orElse(null);
      if (device != null) {
        try (CudaContext context = device.openContext()) {
          checkFree(device, each.getValue(), context.memory().freeBytes());
        }
      }
    }
  }

  private static void checkFree(CudaDevice device, long needed, long free) throws SnapfsException {
    if (free < needed) {
      throw new SnapfsException(
          "%s has %d bytes free, and the processes of the checkpoint held %d there: end what uses it, or choose another one by --gpu-map"
              .formatted(device, free, needed));
    }
  }

  /**
   * Restores and unlocks processes, all at once.
   *
   * @param pairs empty if the devices are those of the checkpoint
   * @throws SnapfsException if one can't be; the driver can't do it again then
   */
  public static void resumeAll(CheckpointApi api, List<Integer> pids, List<GpuPair> pairs)
      throws IOException {
    try {
      Parallel.run(
          pids,
          pid -> {
            api.restore(pid, pairs);
            api.unlock(pid);
          });
    } catch (Parallel.Incomplete e) {
      throw new SnapfsException("CUDA state can't be brought back: " + e.getMessage(), e);
    }
  }
}
