package io.snapfs.gms.wire;

import java.util.Map;

/**
 * A piece of device memory that a service holds.
 *
 * @param id names it as long as its layout lives
 * @param size what was asked for, in bytes
 * @param alignedSize what it has: the size rounded up to the device's granularity
 * @param tag what its maker calls it
 * @param slot its place in the order of the layout
 */
public record Allocation(String id, long size, long alignedSize, String tag, int slot) {
  static Allocation of(Fields fields) throws WireException {
    return new Allocation(
        fields.text("allocation_id"),
        fields.number("size"),
        fields.number("aligned_size"),
        fields.text("tag"),
        fields.count("layout_slot"));
  }

  Map<String, Object> message(String type) {
    return Fields.message(
        type,
        "allocation_id",
        id,
        "size",
        size,
        "aligned_size",
        alignedSize,
        "tag",
        tag,
        "layout_slot",
        slot);
  }
}
