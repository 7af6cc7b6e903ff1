package io.snapfs.gms.checkpoint;

import io.snapfs.format.SnapfsException;
import io.snapfs.gms.cuda.CheckpointApi;
import io.snapfs.gms.cuda.CheckpointState;
import io.snapfs.gms.cuda.CudaException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The processes that may use CUDA: those that map its driver library or hold its devices. A process
 * may have the library and never have used it (so does everything that imports PyTorch); which of
 * them have state, the driver knows.
 */
public final class CudaUsers {
  private static final Path PROC = Path.of("/proc");
  private static final String LIBRARY = "/libcuda.so";
  private static final String DEVICE = "/dev/nvidia";

  private final List<Integer> pids;
  private final Set<Integer> holders;

  private CudaUsers(List<Integer> pids, Set<Integer> holders) {
    this.pids = pids;
    this.holders = holders;
  }

  /** Those among some processes; one that has just ended is none. */
  public static CudaUsers among(List<Integer> pids) throws IOException {
    List<Integer> users = new ArrayList<>();
    Set<Integer> holders = new TreeSet<>();
    for (int pid : pids) {
      boolean holds = maps(pid, DEVICE) || hasOpen(pid);
      if (holds) {
        holders.add(pid);
      }
      if (holds || maps(pid, LIBRARY)) {
        users.add(pid);
      }
    }
    return new CudaUsers(List.copyOf(users), holders);
  }

  /**
   * Whether something that names the files of processes, in whatever form, names the library or a
   * device: if not, none of them is a user.
   */
  public static boolean areNamedIn(byte[] files) {
    String text = new String(files, StandardCharsets.ISO_8859_1);
    return text.contains(LIBRARY) || text.contains(DEVICE);
  }

  /** Whether there is none, so that no driver is needed. */
  public boolean isEmpty() {
    return pids.isEmpty();
  }

  /** Their process ids. */
  public List<Integer> pids() {
    return pids;
  }

  private static boolean maps(int pid, String name) throws IOException {
    try (Stream<String> lines =
        Files.lines(PROC.resolve(pid + "/maps"), StandardCharsets.ISO_8859_1)) {
      return lines.anyMatch(line -> line.contains(name));
    } catch (IOException | UncheckedIOException e) {
      return unlessGone(pid, e);
    }
  }

  private static boolean hasOpen(int pid) throws IOException {
    try (DirectoryStream<Path> fds = Files.newDirectoryStream(PROC.resolve(pid + "/fd"))) {
      for (Path fd : fds) {
        if (target(fd).startsWith(DEVICE)) {
          return true;
        }
      }
      return false;
    } catch (IOException | DirectoryIteratorException e) {
      return unlessGone(pid, e);
    }
  }

  private static String target(Path fd) {
    try {
      return Files.readSymbolicLink(fd).toString();
    } catch (IOException e) {
      return ""; // closed meanwhile
    }
  }

  private static boolean unlessGone(int pid, Exception e) throws IOException {
    if (!Files.exists(PROC.resolve(String.valueOf(pid)))) {
      return false;
    }
    throw new SnapfsException(
        "process "
            + pid
            + " can't be looked at ("
            + e.getMessage()
            + "): run this as its user or"
            + " as root",
        e);
  }

  /**
   * Those of them that have CUDA state, which must be running.
   *
   * @throws SnapfsException if one can't be checkpointed, saying why
   */
  public List<Integer> withRunningState(CheckpointApi api) throws SnapfsException {
    List<Integer> found = new ArrayList<>();
    for (int pid : pids) {
      CheckpointState state = state(api, pid);
      if (state == null) {
        continue;
      }
      if (state != CheckpointState.RUNNING) {
        throw new SnapfsException(
            "the CUDA state of process "
                + pid
                + " is "
                + state
                + " and not RUNNING: another checkpoint is under way, or has failed");
      }
      found.add(pid);
    }
    return List.copyOf(found);
  }

  /** Those of them that were checkpointed, and wait to be restored. */
  public List<Integer> checkpointed(CheckpointApi api) throws SnapfsException {
    List<Integer> found = new ArrayList<>();
    for (int pid : pids) {
      if (state(api, pid) == CheckpointState.CHECKPOINTED) {
        found.add(pid);
      }
    }
    return List.copyOf(found);
  }

  /** Null if it has never used the driver. */
  private CheckpointState state(CheckpointApi api, int pid) throws SnapfsException {
    try {
      return api.state(pid);
    } catch (CudaException e) {
      if (holders.contains(pid)) {
        throw new SnapfsException(
            "process "
                + pid
                + " holds NVIDIA devices, and the driver says nothing about its CUDA state: "
                + e.getMessage(),
            e);
      }
      return null;
    }
  }
}
