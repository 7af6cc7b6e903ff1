package io.snapfs.gms.wire;

/**
 * What a writer says about a place in an allocation, under a key: usually what tensor lies there.
 * The bytes are shared, nobody may change them.
 *
 * @param allocationId where
 * @param offset where in it, in bytes
 * @param value as the writer likes
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Metadata(String allocationId, long offset, byte[] value) {}
