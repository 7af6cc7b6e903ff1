/**
 * Reading while nobody reads, so that Java has compiled what serves reads before somebody does.
 *
 * <p>Why: HotSpot optimises what it has seen running for a while. A mount's first read of 1.4 GiB
 * came at 0.8 GB/s, the next twenty at 1.4 to 1.7, and all after them at 2.0; a node that has just
 * been set up is where a worker is wanted soonest. Compiling earlier, by lower thresholds, takes
 * the time from the first readers (DESIGN-NOTES, "Reading"). After a rehearsal the first read came
 * at 1.6 GB/s and the second at 2.1.
 *
 * <p>What is compiled is what was seen, and where a reader does something else it is thrown away
 * and compiled again. So it is done as the kernel does it: requests of 512 KiB by four threads, on
 * and on for 32 MiB, with as much memory to read ahead. With two threads, 8 MiB and little memory
 * the first read had 0.5 core seconds of compiling left, and 0.06 done so (with requests of 128
 * KiB, which the kernel made then).
 *
 * <p>How: {@link io.snapfs.fusefs.rehearsal.Rehearsal} reads samples of the file with most chunks
 * through a tree and a small cache of its own, by the code that serves the mount, again and again,
 * until as many chunks were decoded as the compilers wait for. What is served is not touched: not
 * its cache, nor its recording, profiles or hot files.
 *
 * <p>What it costs: some twenty seconds of a processor once, at a low priority, and the samples'
 * place in the page cache. It rests while anybody reads through the mount's cache, and gives up at
 * the first error, which it leaves to readers to report.
 */
package io.snapfs.fusefs.rehearsal;
