/**
 * Weights as files, and where their bytes belong in device memory.
 *
 * <pre>
 *   ArtifactWeights: finds them in an artifact
 *      |                        | reads small files
 *   SavedForm, Safetensors ---> ArtifactFiles
 *      |
 *   WeightsLayout: slabs, segments of files that go there, names
 * </pre>
 *
 * <p>What it guarantees: nothing in a file is believed. Lengths, offsets and names are checked
 * before they are used; a file that lies is a {@link io.snapfs.format.CorruptException} with the
 * file and the offset. A {@link io.snapfs.gms.weights.WeightsLayout} that was made is consistent:
 * every segment lies in its file and in its slab, every name in its slab.
 */
package io.snapfs.gms.weights;
