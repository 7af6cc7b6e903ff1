/**
 * Named immutable blobs: the storage underneath a store. {@link io.snapfs.format.blob.BlobStore} is
 * what an object store would implement; {@link io.snapfs.format.blob.LocalBlobStore} is a
 * directory. The protocol between writers and gc is FORMAT.md section 5; this is why it holds for a
 * directory.
 *
 * <h2>A blob is visible whole or not at all</h2>
 *
 * It is written to {@code tmp/SESSION/N}, synced, then renamed; a rename is atomic and {@code
 * RENAME_NOREPLACE} does not replace, so of two writers of one key exactly one wins. Before the
 * rename the directories above exist durably (their entries are synced even if another process made
 * them just now), after it the directory is synced. A kill at any instant leaves a temporary file
 * of a dead session, or the whole blob. Once a blob is visible it is never taken back, even if
 * syncing its directory fails: another writer may rely on it already.
 *
 * <h2>Nothing that a writer relies on is deleted</h2>
 *
 * Only the holder of the exclusive {@code lock} (a <em>sweep</em>) deletes or replaces. It reads
 * the pins of live sessions first and the manifests second. Take a pack that a writer refers to:
 *
 * <ul>
 *   <li>The writer pins under the shared {@code lock}, so wholly before or wholly after a sweep.
 *       After: it then looks whether the pack exists, and does without it if not; its own pack is
 *       pinned before it is visible, so there was nothing to delete. Before: the sweep sees the
 *       pin, or the session has ended.
 *   <li>If the session ended before the sweep read its pins, its manifest was published still
 *       earlier, and the sweep, which reads manifests later, sees it. Ending removes the session's
 *       files, then frees its lock, both after the last publication; so a sweep that finds either
 *       gone may take it for ended.
 *   <li>A writer that died published its manifest or did not; its other packs nobody refers to.
 *   <li>A session begins under the shared {@code lock}. So a sweep never sees a directory that has
 *       been made but not locked, unless its maker is dead.
 * </ul>
 *
 * <h2>A sweep's own races</h2>
 *
 * <ul>
 *   <li>Removing an artifact and replacing its manifest (gc) exclude each other, both being sweeps.
 *       Between two sweeps of one gc anything can happen, so gc reads pins and manifests again.
 *   <li>A manifest is published by writers without the lock, but never replaces one, so it can't
 *       undo or be undone by a sweep that replaces those that it found.
 *   <li>Two gcs: {@code gc.lock} admits one.
 *   <li>A power cut: a deletion is synced before the sweep goes on, so the packs of a removed
 *       artifact never go before its manifest. A pinned pack's directory entry is synced by whoever
 *       pins it, so no manifest outlives a pack that another process had not synced yet.
 * </ul>
 *
 * Locks are flock(2) locks on descriptors of their own. They end with their holder, don't depend on
 * the process like POSIX locks do, and lock files are never removed, so all see the same file.
 * Readers take no lock and write nothing.
 *
 * <p>Lock order: {@code gc.lock}, then {@code lock}, then a session's own lock, which others only
 * try. Monitors: {@code LocalSession} is held while it takes the shared {@code lock}, never the
 * other way round.
 */
package io.snapfs.format.blob;
