/**
 * The CUDA driver, {@code libcuda.so.1}, through io.snapfs.linux.NativeLibrary: only what is used,
 * typed, and with every return code checked. {@link io.snapfs.gms.cuda.Cuda#find()} is the way in;
 * that there is no driver is an answer of it, with a reason for the user.
 *
 * <p>What holds everywhere:
 *
 * <ul>
 *   <li>A call that fails throws {@link io.snapfs.gms.cuda.CudaException}, which names the call,
 *       what it was made on and the driver's name for the error.
 *   <li>Sizes are bytes; addresses of the device and of the host are {@code long}s. A wrong host
 *       address kills the JVM.
 *   <li>The driver knows a current context per thread. Nobody has to think of it: each method that
 *       needs one makes its {@link io.snapfs.gms.cuda.CudaContext} current for the calling thread
 *       first, which is a comparison where it is so already. Whoever sets contexts in this JVM
 *       behind this package's back breaks that.
 *   <li>Owners ({@link io.snapfs.gms.cuda.CudaContext}, {@link io.snapfs.gms.cuda.CudaStream},
 *       {@link io.snapfs.gms.cuda.CudaEvent}, {@link io.snapfs.gms.cuda.DeviceMemory}, {@link
 *       io.snapfs.gms.cuda.AddressRange}, {@link io.snapfs.gms.cuda.PinnedMemory}) are {@code
 *       AutoCloseable}, their {@code close()} is idempotent and safe for any thread. To use one
 *       while another thread closes it is the caller's to prevent.
 *   <li>Everything else is safe for use by several threads at once. Copies, events and queries
 *       allocate nothing.
 * </ul>
 */
package io.snapfs.gms.cuda;
