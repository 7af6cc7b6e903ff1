/**
 * How one chunk is stored: the codecs of FORMAT.md 3.1, the policy that picks one by trial, and the
 * checked way back.
 *
 * <p>Guarantees: a decoder produces exactly the plain length or throws {@link
 * io.snapfs.format.CorruptException}; it never writes outside the destination, however the stored
 * bytes lie; it compares the checksum before it looks at anything else. An encoder never hands out
 * more bytes than it was given.
 *
 * <p>All buffers that cross this package are direct. {@link io.snapfs.format.codec.ChunkEncoder}
 * and {@link io.snapfs.format.codec.ChunkDecoder} own native contexts and scratch buffers and
 * belong to one thread at a time; there are no locks. Once their scratch has grown to the longest
 * chunk they met, they allocate no native memory and only a few short-lived views per chunk.
 */
package io.snapfs.format.codec;
