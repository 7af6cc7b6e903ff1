package io.snapfs.restore.criu;

import io.snapfs.format.CorruptException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The processes of a dump, {@code pstree.img}.
 *
 * @param processes in the order of the image, the root first
 */
public record ProcessTree(List<Entry> processes) {
  /** Name of the image. */
  public static final String FILE = "pstree.img";

  private static final int MAGIC = 0x50273030;
  private static final int PID = 1;
  private static final int PARENT = 2;
  private static final int GROUP = 3;
  private static final int SESSION = 4;
  private static final int THREAD = 5;

  /**
   * One process, living or a zombie.
   *
   * @param pid as it was in its pid namespace
   * @param parent pid of its parent; 0 for the root
   * @param group its process group
   * @param session its session
   * @param threads number of its threads; 0 for a zombie
   */
  public record Entry(int pid, int parent, int group, int session, int threads) {}

  /** Takes a copy. */
  public ProcessTree {
    processes = List.copyOf(processes);
  }

  /** Reads it. */
  public static ProcessTree read(ImageFolder folder) throws IOException {
    ImageRecords records = ImageRecords.open(folder, FILE, MAGIC);
    List<Entry> processes = new ArrayList<>();
    Set<Integer> pids = new HashSet<>();
    while (records.hasNext()) {
      ProtobufReader record = records.next();
      Entry entry = readEntry(record);
      if (entry.pid <= 0 || !pids.add(entry.pid)) {
        throw record.damaged("process " + entry.pid + " is impossible or there twice");
      }
      processes.add(entry);
    }
    if (processes.isEmpty()) {
      throw new CorruptException(records.resource(), -1, "it has no process");
    }
    return new ProcessTree(processes);
  }

  /** The process that was dumped; the others descend from it. */
  public Entry root() {
    return processes.get(0);
  }

  private static Entry readEntry(ProtobufReader record) throws CorruptException {
    int pid = 0;
    int parent = 0;
    int group = 0;
    int session = 0;
    int threads = 0;
    while (record.next()) {
      switch (record.field()) {
        case PID -> pid = record.integer32();
        case PARENT -> parent = record.integer32();
        case GROUP -> group = record.integer32();
        case SESSION -> session = record.integer32();
        case THREAD -> threads++;
        default -> {}
      }
    }
    return new Entry(pid, parent, group, session, threads);
  }
}
