package io.snapfs.restore.pages;

import io.snapfs.format.CorruptException;
import io.snapfs.format.Limits;
import io.snapfs.format.MissingException;
import io.snapfs.format.SnapfsException;
import io.snapfs.format.manifest.Manifest;
import io.snapfs.format.manifest.Node;
import io.snapfs.format.read.ArtifactReader;
import io.snapfs.linux.SystemInfo;
import io.snapfs.restore.criu.ArtifactFolder;
import io.snapfs.restore.criu.ImageFolder;
import io.snapfs.restore.criu.Inventory;
import io.snapfs.restore.criu.MemoryMap;
import io.snapfs.restore.criu.PageLocations;
import io.snapfs.restore.criu.ProcessTree;
import io.snapfs.restore.criu.SharedMemory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntUnaryOperator;

/**
 * Which chunk each page of each process of an artifact comes from. Immutable; made once for any
 * number of restores.
 */
final class FillPlan {
  /** Longest piece of zeros, so that one is never worked on for long. */
  private static final int MOST_ZEROS = Limits.MAX_CHUNK;

  /** Stands for the chunk of a hole. */
  static final int NO_CHUNK = -1;

  /**
   * Memory that one chunk, or a hole, fills without a gap.
   *
   * @param address where it begins in the process
   * @param length in bytes, whole pages
   * @param chunk index in the manifest, or {@link #NO_CHUNK}
   * @param offset in the chunk
   * @param area number of the mapping that it lies in
   */
  record Piece(long address, int length, int chunk, int offset, int area) {}

  /**
   * The memory of a process that a page server has to fill.
   *
   * @param pieces of mappings that CRIU leaves to the page server, in the order in which they are
   *     to be filled
   * @param areas how many mappings they lie in
   * @param others pieces of mappings that CRIU should fill itself, by ascending address
   */
  record Memory(List<Piece> pieces, int areas, List<List<Piece>> others) {}

  private final Map<Integer, Memory> memories = new LinkedHashMap<>();
  private final List<PageServer.Pages> readByCriu = new ArrayList<>();
  private final BitSet seen = new BitSet();
  private final BitSet shared = new BitSet();
  private final Manifest manifest;
  private final FillOrder order;
  private int[] chunks;

  private FillPlan(Manifest manifest, IntUnaryOperator rank) {
    this.manifest = manifest;
    this.order = new FillOrder(rank, this::isDense);
  }

  /**
   * Reads the images of an artifact.
   *
   * @param rank as in {@link PageServerOptions}
   * @throws MissingException if it has none
   * @throws CorruptException if they contradict each other
   */
  static FillPlan read(ArtifactReader reader, IntUnaryOperator rank) throws IOException {
    if (SystemInfo.pageSize() != Limits.PAGE) {
      throw new SnapfsException(
          "lazy restore needs pages of 4 KiB, this machine has " + SystemInfo.pageSize());
    }
    ImageFolder folder = ArtifactFolder.find(reader);
    Inventory.read(folder);
    FillPlan plan = new FillPlan(reader.manifest(), rank);
    for (ProcessTree.Entry process : ProcessTree.read(folder).processes()) {
      plan.add(folder, process.pid());
    }
    SharedMemory.check(folder, Limits.PAGE);
    plan.chunks = plan.findChunks();
    return plan;
  }

  /** The memory of a process; null if the dump has no process with this pid, or a zombie. */
  Memory memory(int pid) {
    return memories.get(pid);
  }

  /**
   * The chunks of the memory of all processes, in the order in which it is to be filled; not to be
   * changed.
   */
  int[] chunks() {
    return chunks;
  }

  private int[] findChunks() {
    return memories.values().stream()
        .flatMap(memory -> memory.pieces().stream())
        .mapToInt(Piece::chunk)
        .filter(chunk -> chunk != NO_CHUNK)
        .distinct()
        .toArray();
  }

  /** What CRIU reads of the pages files itself, in the order in which it does. */
  List<PageServer.Pages> readByCriu() {
    return List.copyOf(readByCriu);
  }

  /** Weights in bf16 shrink to two thirds; of heaps hardly a chunk keeps as much as half. */
  private boolean isDense(int chunk) {
    try {
      return manifest.chunkStoredLength(chunk) >= manifest.chunkPlainLength(chunk) / 2;
    } catch (IOException e) {
      return false; // it is about order only: who reads the chunk meets it again and reports it
    }
  }

  /** Whether a chunk is in more than one place. */
  boolean isShared(int chunk) {
    return chunk != NO_CHUNK && shared.get(chunk);
  }

  private void add(ImageFolder folder, int pid) throws IOException {
    MemoryMap map;
    try {
      map = MemoryMap.read(folder, pid);
    } catch (MissingException e) {
      return; // a zombie has no memory; if it isn't one, CRIU says so
    }
    PageLocations pages = PageLocations.read(folder, pid, Limits.PAGE);
    List<Piece> pieces = new ArrayList<>();
    List<List<Piece>> others = new ArrayList<>();
    int areas = 0;
    for (MemoryMap.Area area : map.areas()) {
      List<Piece> here = new ArrayList<>();
      for (PageLocations.Run run : pages.within(area.start(), area.end())) {
        addPieces(here, run, area.isLazy() ? areas : 0);
        if (!area.isLazy()) {
          String path = new String(manifest.path(run.file().node()), StandardCharsets.ISO_8859_1);
          readByCriu.add(new PageServer.Pages(path, run.offset(), run.length()));
        }
      }
      if (area.isLazy() && !here.isEmpty()) {
        pieces.addAll(here);
        areas++;
      } else if (!here.isEmpty()) {
        others.add(List.copyOf(here));
      }
    }
    memories.put(pid, new Memory(order.of(pieces), areas, List.copyOf(others)));
  }

  private void addPieces(List<Piece> pieces, PageLocations.Run run, int area) throws IOException {
    Node file = manifest.node(run.file().node());
    long at = run.offset();
    long end = at + run.length();
    for (long extent = manifest.findExtent(file, at); at < end; extent++) {
      long start = manifest.extentStart(extent);
      long stop = Math.min(end, manifest.extentEnd(file, extent));
      int chunk = manifest.extentChunk(extent);
      if (at % Limits.PAGE != 0 || (chunk >= 0 && start % Limits.PAGE != 0)) {
        throw new SnapfsException(
            run.file().description()
                + " was cut at byte "
                + start
                + ", which is not the start of a page: pack the dump again with page-aligned chunks");
      }
      checkInside(chunk, stop - start, run);
      while (at < stop) {
        int length = (int) Math.min(stop - at, MOST_ZEROS);
        int offset = chunk < 0 ? 0 : (int) (at - start);
        pieces.add(new Piece(run.address() + (at - run.offset()), length, chunk, offset, area));
        at += length;
      }
      if (chunk >= 0 && seen.get(chunk)) {
        shared.set(chunk);
      } else if (chunk >= 0) {
        seen.set(chunk);
      }
    }
  }

  /** A manifest must not make us read behind the end of a chunk. */
  private void checkInside(int chunk, long end, PageLocations.Run run) throws IOException {
    if (chunk >= 0 && end > manifest.chunkPlainLength(chunk)) {
      throw new CorruptException(
          manifest.resource(),
          -1,
          "an extent of "
              + run.file().description()
              + " reaches to byte "
              + end
              + " of a chunk of "
              + manifest.chunkPlainLength(chunk)
              + " bytes");
    }
  }
}
