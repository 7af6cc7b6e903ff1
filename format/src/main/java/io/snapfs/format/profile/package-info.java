/**
 * Profiles: the order in which a restore first touched the chunks of an artifact, so that the next
 * one finds them decoded (FORMAT.md section 8).
 *
 * <pre>
 *   reads, page faults ---> TouchRecorder (one an artifact, in a Recorder)
 *                               | Recording
 *                           RecordingFile (text, for people too) --- 'profile add' ---.
 *                                                                                     v
 *   io.snapfs.format.read.Replay <--- Profile <--- ProfileHeader, ProfileRuns <--- store
 * </pre>
 *
 * <p>A profile names chunks by their index in the manifest and belongs to a content id. Both
 * survive a gc, which moves chunks but neither renumbers nor changes them; and a name that is
 * published again with other content can't be mistaken for what was recorded.
 *
 * <p>A profile is advice. Nothing that is wrong with it can make a read fail or return other bytes:
 * at worst chunks are decoded that nobody wants.
 *
 * <p>Nothing here knows of stores or of who reads: {@code store.Profiles} keeps profiles, {@code
 * read} replays them, and whoever serves an artifact's bytes may record.
 *
 * <p>Recording is lock-free and allocates nothing except on the first touch of a chunk, which takes
 * the monitor of its {@code TouchRecorder} for an append. No other locks.
 */
package io.snapfs.format.profile;
