/**
 * Brings the weights that a GMS holds into an artifact: {@link io.snapfs.gms.save.Saver}.
 *
 * <p>What is packed is the saved form (manifest.json, gms_metadata.json, shards of up to 4 GiB).
 * Only the two small files exist; a shard is an empty sparse file, and its bytes are copied from
 * the device into the packer's windows when their turn comes. So neither a disk nor the host's
 * memory needs room for the weights.
 */
package io.snapfs.gms.save;
