package io.snapfs.format.codec;

import java.nio.ByteBuffer;

/**
 * A chunk as it is to be stored.
 *
 * @param codec which codec the bytes are for
 * @param stored the bytes to store, from position to limit; never more than the plain bytes
 */
public record Encoded(Codec codec, ByteBuffer stored) {}
