/**
 * The images of a CRIU dump, read: the inventory, the tree of processes, their memory maps, and
 * where the content of each page lies.
 *
 * <pre>
 *   ImageFolder (a folder of an artifact, or of the filesystem)
 *      | read                        | parent
 *   ImageRecords ---> ProtobufReader '---> the ImageFolder of the dump before
 *      |
 *   Inventory, ProcessTree, MemoryMap, Pagemap
 *                                       '---> PageLocations (parents followed)
 * </pre>
 *
 * <p>What it guarantees: nothing in an image is believed. Lengths, counts and ranges are checked
 * before they are used, memory taken is in proportion to the length of a file, and a contradiction
 * is a {@link io.snapfs.format.CorruptException} that names the file and, where there is one, the
 * offset. Objects that were read are immutable.
 */
package io.snapfs.restore.criu;
