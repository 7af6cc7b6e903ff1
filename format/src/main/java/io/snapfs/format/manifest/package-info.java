/**
 * The manifest: an artifact's file tree, attributes, extents, chunk table, parts and provenance in
 * one immutable blob that is mapped and searched in place (FORMAT.md section 4).
 *
 * <p>Reading: {@link io.snapfs.format.manifest.Manifest} looks things up in the mapped bytes and
 * keeps nothing per file or chunk. From the bottom up: {@code CheckedBytes} lets no byte out whose
 * block has not passed its checksum; {@code SectionTable} addresses records; one {@code ...Table}
 * class per section holds that section's layout, for reading and writing alike, and refuses what
 * breaks its rules. {@code ManifestChecker} looks at everything at once.
 *
 * <p>Writing: {@link io.snapfs.format.manifest.ManifestBuilder} spills the tables to temporary
 * files, {@code ManifestSealer} sums and writes them.
 *
 * <p>Guarantees: whatever the bytes are, reading gives what was written, or a {@link
 * io.snapfs.format.CorruptException}, or a {@link io.snapfs.format.TooNewException}; never another
 * exception, never an endless loop, never memory out of proportion. What is true only of the whole
 * (a name is unique, a link count right) is found by {@link
 * io.snapfs.format.manifest.Manifest#checkAll}. Readers take no lock; a {@code Manifest} may be
 * used by any number of threads. Builders are confined to one thread.
 */
package io.snapfs.format.manifest;
