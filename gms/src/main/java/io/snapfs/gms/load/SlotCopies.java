package io.snapfs.gms.load;

import java.io.IOException;
import java.util.List;

/**
 * Begins the copies of one slot. What follows one another in the slot and in the slab goes as one
 * copy; all copies to a device go to one stream. For one thread.
 */
final class SlotCopies {
  private final List<DeviceStreams> devices;
  private final Slot slot;
  private final Copy[] pending;
  private final DeviceStreams.Lane[] lanes;

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
    this.lanes = new DeviceStreams.Lane[devices.size()];
  }

  /**
   * Copies a part of a chunk.
   *
   * @param chunkAt where in the slot the chunk begins
   */
  void add(Place place, long chunkAt) throws IOException {
    copy(place.device(), place.slab(), place.slabOffset(), chunkAt + place.from(), place.length());
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
      lanes[device] = devices.get(device).next();
    } else {
      begin(device, last);
    }
    last.slab = slab;
    last.from = from;
    last.to = to;
    last.length = length;
  }

  /** Begins what has not begun, and has the slot wait for all. */
  void finish() throws IOException {
    for (int device = 0; device < pending.length; device++) {
      if (pending[device] != null) {
        begin(device, pending[device]);
        slot.copying(device, lanes[device]);
        pending[device] = null;
      }
    }
  }

  private void begin(int device, Copy copy) throws IOException {
    long address = devices.get(device).target().address(copy.slab) + copy.to;
    lanes[device].stream().copyToDevice(address, slot.address(copy.from), copy.length);
  }
}
