package io.snapfs.gms.load;

/**
 * Where a part of a chunk goes.
 *
 * @param device which of those that are loaded
 * @param from offset in the chunk
 * @param length above 0
 */
record Place(int device, int slab, long slabOffset, int from, int length) {}
