/** Weights as files: what is right is read, what lies is refused with the place. */
package io.snapfs.gms.weights;
