/**
 * From an artifact to a directory tree: what {@code snapfs unpack} does.
 *
 * <p>The tree is made in a hidden folder beside its destination and renamed into place when it is
 * whole, so a failure or a kill leaves no half tree under the name that was asked for. Everything
 * is made through directory descriptors with names that hold no slash, and no symbolic link is ever
 * followed: whatever the manifest says, nothing is written outside of that folder.
 *
 * <p>One thread makes names; contents are decoded and written by all cores, in the order in which
 * they lie in the packs. Owners, device nodes and privileged attributes need root: without it they
 * are left out and counted. No locks are held.
 */
package io.snapfs.format.unpack;
