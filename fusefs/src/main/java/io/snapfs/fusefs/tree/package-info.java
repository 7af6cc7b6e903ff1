/**
 * The view of a store: {@code NAME/TAG/...} of all its artifacts. {@link
 * io.snapfs.fusefs.tree.StoreTree} is the way in.
 *
 * <pre>
 *   StoreTree --- Catalog: which artifacts there are, looked up again at most every 400 ms
 *       |
 *   Artifacts --- Artifact: one generation of a name and tag, with a range of inode numbers
 *                     | manifest (mapped)          | reader (packs), open only while used
 *                 NodeAttributes               StoreFile, ArtifactDirectory
 *                                                  | HotFile, NodeFile, if files are materialised
 * </pre>
 *
 * <p>Guarantees: an artifact published or removed by any process is seen within a second (the
 * catalog's 400 ms and the kernel's {@link io.snapfs.fusefs.view.Validity#BRIEF}). Inode numbers
 * belong to one content: an artifact that was removed and published again under its name with other
 * content has new ones, so nothing that the kernel kept of the old one can show; gc, which rewrites
 * manifests but changes no content, goes unnoticed. A handle holds its artifact's packs, so that it
 * reads on whatever rm and gc do; without handles they are closed after a while, and soon if the
 * artifact is gone, so that what gc deletes frees its space.
 *
 * <p>An artifact that has a profile is replayed whenever its reader is opened anew. A profile that
 * can't be read is a line in the log and changes nothing else.
 *
 * <p>What is damaged is EIO for whoever touches it and a line in the log, and nothing to its
 * neighbours.
 *
 * <p>Lock order: {@code Artifacts}, then one {@code Artifact}. {@code Catalog} calls neither. The
 * data path takes none of them.
 */
package io.snapfs.fusefs.tree;
