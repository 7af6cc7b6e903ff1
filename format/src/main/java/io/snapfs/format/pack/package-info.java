/**
 * Packs: many stored chunks in one immutable blob, with an index (FORMAT.md section 3).
 *
 * <pre>
 * +----------------+---------------------------+---------+--------------------+----------------+
 * | PackHeader     | stored chunks, back to    | padding | index: a PackEntry | PackFooter     |
 * | 128 bytes      | back                      |         | of 64 bytes each   | 64 bytes       |
 * +----------------+---------------------------+---------+--------------------+----------------+
 * 0                128                         ^ to 64   index offset         length - 64
 * </pre>
 *
 * <p>Three ways in: {@link io.snapfs.format.pack.PackWriter} makes a pack; {@link
 * io.snapfs.format.pack.PackFile} reads stored bytes at places that a manifest names, and opens in
 * constant time; {@link io.snapfs.format.pack.PackIndex} is the whole index, for deduplication, gc
 * and verification.
 *
 * <p>Guarantees: what opens was checked, every field of it; any damage to header, footer or index
 * is a {@link io.snapfs.format.CorruptException} that names the file and the offset, whatever this
 * version does not understand a {@link io.snapfs.format.TooNewException}. The chunks themselves are
 * covered by their own checksums, which {@link io.snapfs.format.codec.ChunkDecoder} compares.
 *
 * <p>No locks: writers are thread-confined, readers immutable.
 */
package io.snapfs.format.pack;
