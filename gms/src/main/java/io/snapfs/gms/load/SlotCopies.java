package io.snapfs.gms.load;

import io.snapfs.gms.cuda.CudaStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Begins the copies of one slot. What follows one another in the slot and in the slab goes as one
 * copy; all copies to a device go to one stream. For one thread.
 */
final class SlotCopies {
  private final List<DeviceStreams> devices;
  private final Slot slot;
  private final Copy[] pending;
  private final CudaStream[] streams;

  /** A copy that may still grow. */
  private static final class Copy {
    int slab;
    long from;
    long to;
    long length;
  }

  SlotCopies(List<DeviceStreams> devices, Slot slot) {
    this.devices = devices;
    this.slot = slot;
    this.pending = new Copy[devices.size()];
    this.streams = new CudaStream[devices.size()];
  }

  /** Copies all that a run brings, from the beginning of the slot. */
  void copy(Run run) throws IOException {
    long at = 0;
    for (Group group : run.groups()) {
      for (PlannedChunk chunk : group.chunks()) {
        for (Place place : chunk.places) {
          copy(place.device(), place.slab(), place.slabOffset(), at + place.from(), place.length());
        }
        at += chunk.plainLength;
      }
    }
  }

  /** Copies bytes of the slot. */
  void copy(int device, int slab, long to, long from, long length) throws IOException {
    Copy last = pending[device];
    if (last != null
        && last.slab == slab
        && last.from + last.length == from
        && last.to + last.length == to) {
      last.length += length;
      return;
    }
    if (last == null) {
      last = new Copy();
      pending[device] = last;
      streams[device] = devices.get(device).next();
    } else {
      begin(device, last);
    }
    last.slab = slab;
    last.from = from;
    last.to = to;
    last.length = length;
  }

  /** Begins what has not begun; returns the ends of all copies. */
  List<DeviceStreams.Mark> finish() throws IOException {
    List<DeviceStreams.Mark> ends = new ArrayList<>();
    for (int device = 0; device < pending.length; device++) {
      if (pending[device] != null) {
        begin(device, pending[device]);
        ends.add(devices.get(device).mark(streams[device]));
        pending[device] = null;
      }
    }
    return ends;
  }

  private void begin(int device, Copy copy) throws IOException {
    long address = devices.get(device).target().address(copy.slab) + copy.to;
    streams[device].copyToDevice(address, slot.address(copy.from), copy.length);
  }
}
