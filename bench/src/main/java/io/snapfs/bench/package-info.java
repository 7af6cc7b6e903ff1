/**
 * Microbenchmarks, run by {@code bench/jmh.sh}. What is package-private is measured from a class in
 * its package. Comparisons with other programs are scripts, beside this module's sources.
 */
package io.snapfs.bench;
