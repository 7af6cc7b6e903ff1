/**
 * A client of the GPU memory service, ours or another one that speaks its protocol: {@link
 * io.snapfs.gms.client.GmsClient} is a connection with its lock, {@link
 * io.snapfs.gms.client.MappedAllocation} an allocation mapped into this process.
 *
 * <p>Order of a writer: connect with RW, allocate, map, fill, put metadata, synchronize the device,
 * commit, unmap. Of a reader: connect with RO (which waits for a commit), compare the hash, list,
 * map for reading, stay connected.
 */
package io.snapfs.gms.client;
