/**
 * The ground floor: Linux system calls and native memory through jffi, the layer below jnr-ffi,
 * with no logic of ours.
 *
 * <p>Each class covers one topic of the system call interface and is a thin, typed layer over it:
 * {@link io.snapfs.linux.Open}, {@link io.snapfs.linux.Stat}, {@link io.snapfs.linux.Directory},
 * {@link io.snapfs.linux.Entries}, {@link io.snapfs.linux.Attributes}, {@link
 * io.snapfs.linux.Xattrs}, {@link io.snapfs.linux.FileIo}, {@link io.snapfs.linux.FileSpace},
 * {@link io.snapfs.linux.FileSync}, {@link io.snapfs.linux.Flock}, {@link
 * io.snapfs.linux.DeviceIo}, {@link io.snapfs.linux.NativeMemory}, {@link io.snapfs.linux.Mounts},
 * {@link io.snapfs.linux.Processes}, {@link io.snapfs.linux.Children}, {@link
 * io.snapfs.linux.Signals}, {@link io.snapfs.linux.PidFd}, {@link io.snapfs.linux.UnixSockets},
 * {@link io.snapfs.linux.Poll}, {@link io.snapfs.linux.EventFd}, {@link io.snapfs.linux.Pipes},
 * {@link io.snapfs.linux.HangupSignal}, {@link io.snapfs.linux.Userfaultfd}.
 *
 * <p>What holds everywhere:
 *
 * <ul>
 *   <li>Names and paths are {@code byte[]} without a terminating NUL, exactly as the kernel keeps
 *       them. They are never decoded, so a name that is not UTF-8 survives, whatever the locale of
 *       the JVM.
 *   <li>A call that fails throws {@link io.snapfs.linux.LinuxException}, which knows the errno, the
 *       call and the file. Reads, writes, opens, locks and the like are repeated if a signal
 *       interrupts them; syncfs, mmap and the calls on names and attributes are not.
 *   <li>A name is resolved relative to a directory {@link io.snapfs.linux.Fd}, or to {@link
 *       io.snapfs.linux.Fd#CWD}. Nothing follows a symbolic link in the last component unless its
 *       Javadoc says so.
 *   <li>Everything is safe for use by several threads at once; nothing takes a lock. Closing an
 *       {@link io.snapfs.linux.Fd} or {@link io.snapfs.linux.NativeMemory} that another thread is
 *       using is the caller's to prevent.
 *   <li>{@link io.snapfs.linux.FileIo}, {@link io.snapfs.linux.DeviceIo}, {@link
 *       io.snapfs.linux.Poll} and {@link io.snapfs.linux.Userfaultfd} allocate nothing per call.
 *   <li>Where the native library cannot be loaded, {@link
 *       io.snapfs.linux.Native#unavailableReason()} says why, and no class fails to initialise.
 * </ul>
 *
 * <p>Supported: x86-64 and aarch64, glibc 2.28 or newer (for {@code statx} and {@code renameat2}),
 * kernel 4.11 or newer.
 */
package io.snapfs.linux;
