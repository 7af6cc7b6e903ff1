/**
 * The wire protocol of the GPU memory service, the one that existing engines' clients speak.
 *
 * <pre>
 *   +---------------------+-----------------------------------------------+
 *   | u32 length, big end | MessagePack map: "type" and the fields by name |
 *   +---------------------+-----------------------------------------------+
 * </pre>
 *
 * <p>over a unix stream socket; a reply that carries a handle is sent together with one descriptor
 * (SCM_RIGHTS). {@link io.snapfs.gms.wire.Request} and {@link io.snapfs.gms.wire.Response} are the
 * messages, {@link io.snapfs.gms.wire.WireChannel} moves them, {@link io.snapfs.gms.wire.Packed} is
 * the encoding between.
 *
 * <p>Nothing that the other side sends is trusted: a frame has at most {@link
 * io.snapfs.gms.wire.WireChannel#MOST_FRAME} bytes, memory is only taken for bytes that have
 * arrived, the depth and number of values are bounded, and text must be UTF-8. What breaks a rule
 * throws {@link io.snapfs.gms.wire.WireException}. Fields that are unknown are ignored, so that
 * newer clients can talk to this.
 */
package io.snapfs.gms.wire;
