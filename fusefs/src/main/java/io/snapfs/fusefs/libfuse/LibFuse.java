package io.snapfs.fusefs.libfuse;

import jnr.ffi.annotations.IgnoreError;
import jnr.ffi.annotations.In;
import jnr.ffi.types.size_t;

/**
 * libfuse 2.9's low-level interface as jnr-ffi sees it (fuse_lowlevel.h). Public only because the
 * class that jnr-ffi generates for it lives in another class loader.
 *
 * <p>Every C pointer is a {@code long}. No function here has six arguments, which jnr-ffi's stubs
 * would pass wrongly.
 */
public interface LibFuse {
  long fuse_mount(@In byte[] mountpoint, long args);

  void fuse_unmount(@In byte[] mountpoint, long channel);

  void fuse_opt_free_args(long args);

  long fuse_lowlevel_new(long args, long operations, @size_t long operationsSize, long userData);

  void fuse_session_add_chan(long session, long channel);

  void fuse_session_destroy(long session);

  @IgnoreError
  int fuse_session_exited(long session);

  @IgnoreError
  @size_t
  long fuse_chan_bufsize(long channel);

  @IgnoreError
  int fuse_chan_recv(long channelPointer, long buffer, @size_t long size);

  @IgnoreError
  void fuse_session_process(long session, long buffer, @size_t long size, long channel);

  @IgnoreError
  int fuse_reply_err(long request, int errno);

  @IgnoreError
  void fuse_reply_none(long request);

  @IgnoreError
  int fuse_reply_entry(long request, long entry);

  @IgnoreError
  int fuse_reply_attr(long request, long attributes, double timeoutSeconds);

  @IgnoreError
  int fuse_reply_readlink(long request, long target);

  @IgnoreError
  int fuse_reply_open(long request, long fileInfo);

  @IgnoreError
  int fuse_reply_buf(long request, long buffer, @size_t long size);

  @IgnoreError
  int fuse_reply_iov(long request, long vector, int count);

  @IgnoreError
  int fuse_reply_statfs(long request, long statvfs);

  @IgnoreError
  int fuse_reply_xattr(long request, @size_t long size);
}
