/**
 * Hot files, decoded, as plain files of the node: on a tmpfs or a disk, for all processes and all
 * stores of the node. {@link io.snapfs.format.node.NodeCache} is the way in; what it hands out are
 * descriptors, which a mount gives to the kernel and anybody else reads.
 *
 * <pre>
 *   HotFile --- opened, read ---> NodeCache --- acquire ---> NodeFile (descriptor, counted)
 *      | order                       |  '--- Materialization: all files of an artifact, on purpose
 *   Workers --- Pace              Checked (key -> FileIdentity)
 *      |                             |
 *   Filling, Checking, Space ----> NodeDirectory: names, record, lock
 * </pre>
 *
 * <pre>
 *   DIR/v1/                    0700, ours alone
 *     snapfs-node-cache        says what this is
 *     lock                     flock(2): see below
 *     files/KEY                0400, the bytes; holes are holes
 *     records/KEY              0600, NodeRecord: length, identity, a CRC-32C per MiB; its time of
 *                              modification is the last use
 *     filling/KEY.BYTES        a file on its way, or a leftover; BYTES is what it will take
 * </pre>
 *
 * <p>KEY is a {@link io.snapfs.format.node.FileKey}: SHA-256 of the file's length, extents and
 * chunk ids, so that equal contents of different artifacts and stores are one file, and a file
 * never goes stale.
 *
 * <p>What it guarantees:
 *
 * <ul>
 *   <li><b>Right bytes.</b> A filler recomputes the identity of every chunk: the key claims them,
 *       and a store must not put wrong bytes under a key that another store has too. A file is used
 *       by a process only after that process has filled it or has checked all its blocks against
 *       its record; and each later open compares device, inode number, length and times of the very
 *       descriptor that it hands out with what they were then. The time of change can't be set
 *       back, so what was truncated or altered behind our back is found out, thrown away, logged
 *       once and filled anew. Only who may write in DIR/v1, which is root or the same user, can
 *       alter a file between two looks, while it is open.
 *   <li><b>Nothing partial.</b> A file gets its name when it is whole, its record after that; one
 *       without the other is a leftover. Nothing is synced: what a crash of the machine leaves is
 *       found out by the check.
 *   <li><b>Never in the way.</b> Whoever asks gets a file or null at once and decodes then. Filling
 *       and checking are done by few threads that work an eighth of the time while somebody reads.
 *       A directory that is full, read-only or gone costs one line in the log and is tried again
 *       after a while.
 *   <li><b>Bounded.</b> Allocated space plus what fillers have announced stays within the limit;
 *       the least recently used go first, those in use never, those used within the last minute not
 *       for one that comes new: a working set that doesn't fit would only chase itself.
 *   <li><b>Many processes.</b> What changes names is done under the lock, exclusively, and briefly.
 *       A filler holds an exclusive flock on its file in filling/: one without it is a leftover of
 *       a process that died, and the next one removes it. A user holds a shared flock on the file:
 *       eviction takes only what it can lock. What is removed all the same stays readable for those
 *       who have it open.
 * </ul>
 *
 * <p>Lock order: the monitor of a {@code HotFile}; that of {@code Workers}; that of {@code
 * NodeCache}; the lock file. No two of the monitors are held at once by anything that waits.
 */
package io.snapfs.format.node;
