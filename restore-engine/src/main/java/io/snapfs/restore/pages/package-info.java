/**
 * The page server: fills the memory of processes that CRIU restores lazily, straight from the
 * chunks of an artifact. {@link io.snapfs.restore.pages.PageServer} is the way in.
 *
 * <pre>
 *   PageServer ---> Restore (one a work dir: talks to CRIU) ---> LazySocket
 *      |               | one a process
 *      |            LazyProcess (userfaultfd, lock, SegmentMap)
 *      |               | events, faults                   | pages
 *      |            FaultServer (a thread) ----.          |
 *      |               | plan, hurry           |          |
 *      '---------> FillQueue ---> Filler (threads) ---> PageWriter
 *                                      | chunks
 *                                 ArtifactReader, ChunkCache
 * </pre>
 *
 * <p><b>Several restores of an artifact share one page server</b>, with a socket for each; they may
 * join while it runs. {@code snapfs lazy-pages} has one for restores that somebody starts together,
 * {@code snapfs daemon} one for each artifact that the restores of a machine want at the moment. If
 * the process of a page server is killed, it takes along those processes whose memory is not
 * complete.
 *
 * <p><b>Order.</b> What a process waits for comes first, on a thread of its own; then what lies
 * behind the places where processes have waited last, or below where they began, since who reads
 * there goes on ({@code Readers}); then the rest, in the order of a profile, and without one
 * weights first ({@code FillOrder}). In that order stored chunks are also brought into the page
 * cache ahead of all ({@code StoredAhead}). Fillers run only where nobody else wants the processor.
 * Who is known to read on has up to three chunks more filled before its fault is answered: letting
 * threads wait and go on costs as much as copying a chunk. While several restores go on it is up to
 * fifteen: there the sum of the work counts.
 *
 * <p><b>A recording is complete</b>: while one is made, nothing comes before it is asked for, until
 * nothing was asked for during two seconds. Such a restore takes longer; a profile of what happened
 * not to be there yet would be of little use.
 *
 * <p><b>When filling may begin.</b> CRIU moves each mapping to its final address and then registers
 * it with the process's userfaultfd, once; it has put nothing there that it would move or discard
 * later. The kernel puts pages only where that userfaultfd is registered, and answers ENOENT
 * elsewhere. So a page that could be put is in its final place, and what is refused is tried again:
 * filling begins when the first mapping is registered. Decoding begins when somebody wants a
 * restore, while CRIU still forks: the chunks come in an order that is known, and stay in the cache
 * until it is known where they belong.
 *
 * <p><b>Why a process never sees old pages again</b> that it threw away, moved or unmapped:
 *
 * <ol>
 *   <li>Before the kernel throws pages away it makes an event, refuses to put pages anywhere in the
 *       process (EAGAIN) until the event has been read, and only then goes on. So all depends on
 *       who puts pages after the event was read.
 *   <li>An event is read under the write lock of the process, and before the lock is given back all
 *       segments that it hits are void and what is left of them, or has moved, has become new
 *       segments. Pages are put under the read lock, after looking whether their segment is void,
 *       one system call at a time.
 *   <li>So a call either ended before the event was read, and what it put is thrown away with the
 *       rest; or it began after, and then it is for memory that the process still has.
 *   <li>A fork is the same the other way round: between the copying of the page tables and the
 *       reading of the event nothing was put, so what is pending when the event is read is exactly
 *       what the child lacks too.
 * </ol>
 *
 * <p>Who reads waits for calls in flight, which is why a call puts at most 256 KiB. A process in
 * which one thread moves memory to a place that another thread's move has just left, while both
 * moves wait for their events, could confuse any page server: the kernel reports the two halves of
 * a move apart. The userfaultfd of a process is asked about at the end, too, for the mappings that
 * CRIU should have filled itself: if one is registered after all, it is filled.
 *
 * <p><b>No process outlives its page server without its memory</b>: see {@code Guard}. What remains
 * is a process that was forked while memory was missing: it is guarded from when it is found in
 * /proc, some milliseconds after the fork.
 *
 * <p><b>No process sees wrong bytes</b>: where a chunk can't be read its memory is poisoned, so
 * that a touch is a bus error (Linux 6.6), or else the processes are killed.
 *
 * <p><b>Lock order</b>: the lock of a {@code LazyProcess} is taken first, then nothing of this
 * package; the monitors of {@code Restore}, {@code FillQueue} and {@code Guard} are taken one at a
 * time, and never while waiting. Putting pages happens inside a chunk's use; a thread that holds a
 * chunk waits for the read lock only, whose writers wait for no chunk.
 */
package io.snapfs.restore.pages;
