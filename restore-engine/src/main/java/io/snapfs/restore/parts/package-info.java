/**
 * What is known of checkpoint folders before they are packed: which files are CRIU images, weights,
 * or the changes to the root filesystem ({@link io.snapfs.restore.parts.PartRecognition}), and
 * where the folder comes from ({@link io.snapfs.restore.parts.Provenance}).
 *
 * <p>Recognition never fails: what can't be read, or looks different, is {@code other}.
 */
package io.snapfs.restore.parts;
