/**
 * A store as a whole: which artifacts there are, opening and removing them, gc, verification and
 * statistics. Everything here works on any {@link io.snapfs.format.blob.BlobStore}.
 *
 * <p>Reading operations (all but {@code Store.remove}, {@code Store.openOrCreate}, {@code
 * Profiles.put}, {@code Profiles.remove} and {@code Gc}) take no lock, write nothing and work on a
 * read-only store. What they see of a store that is being changed is each artifact whole, as it was
 * at some moment.
 *
 * <p>Locks are those of {@link io.snapfs.format.blob}, in the order given there; nothing here adds
 * one.
 */
package io.snapfs.format.store;
