package io.snapfs.linux;

/**
 * What the C library offers for names, links, owners, times and extended attributes. See {@link
 * Native} for the conventions.
 */
final class TreeCalls {
  private final NativeFunction readlinkat;
  private final NativeFunction mkdirat;
  private final NativeFunction mknodat;
  private final NativeFunction symlinkat;
  private final NativeFunction linkat;
  private final NativeFunction unlinkat;
  private final NativeFunction renameat2;
  private final NativeFunction fchownat;
  private final NativeFunction fchmod;
  private final NativeFunction fchmodat;
  private final NativeFunction utimensat;
  private final NativeFunction futimens;
  private final NativeFunction llistxattr;
  private final NativeFunction lgetxattr;
  private final NativeFunction lsetxattr;
  private final NativeFunction lremovexattr;
  private final NativeFunction flistxattr;
  private final NativeFunction fgetxattr;
  private final NativeFunction fsetxattr;
  private final NativeFunction fremovexattr;

  TreeCalls(NativeLibrary c) {
    readlinkat = c.function("readlinkat");
    mkdirat = c.function("mkdirat");
    mknodat = c.function("mknodat");
    symlinkat = c.function("symlinkat");
    linkat = c.function("linkat");
    unlinkat = c.function("unlinkat");
    renameat2 = c.function("renameat2");
    fchownat = c.function("fchownat");
    fchmod = c.function("fchmod");
    fchmodat = c.function("fchmodat");
    utimensat = c.function("utimensat");
    futimens = c.function("futimens");
    llistxattr = c.function("llistxattr");
    lgetxattr = c.function("lgetxattr");
    lsetxattr = c.function("lsetxattr");
    lremovexattr = c.function("lremovexattr");
    flistxattr = c.function("flistxattr");
    fgetxattr = c.function("fgetxattr");
    fsetxattr = c.function("fsetxattr");
    fremovexattr = c.function("fremovexattr");
  }

  long readlinkat(int dir, byte[] path, long bufferAddress, long size) {
    return readlinkat.call(dir, CStrings.of(path), bufferAddress, size);
  }

  int mkdirat(int dir, byte[] path, int mode) {
    return (int) mkdirat.call(dir, CStrings.of(path), mode);
  }

  int mknodat(int dir, byte[] path, int mode, long device) {
    return (int) mknodat.call(dir, CStrings.of(path), mode, device);
  }

  int symlinkat(byte[] target, int dir, byte[] path) {
    CStrings strings = CStrings.with(target, path);
    return (int) symlinkat.call(strings.add(target), dir, strings.add(path));
  }

  int linkat(int oldDir, byte[] oldPath, int newDir, byte[] newPath, int flags) {
    CStrings strings = CStrings.with(oldPath, newPath);
    return (int) linkat.call(oldDir, strings.add(oldPath), newDir, strings.add(newPath), flags);
  }

  int unlinkat(int dir, byte[] path, int flags) {
    return (int) unlinkat.call(dir, CStrings.of(path), flags);
  }

  int renameat2(int oldDir, byte[] oldPath, int newDir, byte[] newPath, int flags) {
    CStrings strings = CStrings.with(oldPath, newPath);
    return (int) renameat2.call(oldDir, strings.add(oldPath), newDir, strings.add(newPath), flags);
  }

  int fchownat(int dir, byte[] path, int uid, int gid, int flags) {
    return (int) fchownat.call(dir, CStrings.of(path), uid, gid, flags);
  }

  int fchmod(int fd, int mode) {
    return (int) fchmod.call(fd, mode);
  }

  int fchmodat(int dir, byte[] path, int mode, int flags) {
    return (int) fchmodat.call(dir, CStrings.of(path), mode, flags);
  }

  int utimensat(int dir, byte[] path, long timesAddress, int flags) {
    return (int) utimensat.call(dir, CStrings.of(path), timesAddress, flags);
  }

  int futimens(int fd, long timesAddress) {
    return (int) futimens.call(fd, timesAddress);
  }

  long llistxattr(byte[] path, long bufferAddress, long size) {
    return llistxattr.call(CStrings.of(path), bufferAddress, size);
  }

  long lgetxattr(byte[] path, byte[] name, long bufferAddress, long size) {
    CStrings strings = CStrings.with(path, name);
    return lgetxattr.call(strings.add(path), strings.add(name), bufferAddress, size);
  }

  int lsetxattr(byte[] path, byte[] name, byte[] value, long size, int flags) {
    CStrings strings = CStrings.with(path, name, value);
    return (int)
        lsetxattr.call(strings.add(path), strings.add(name), strings.add(value), size, flags);
  }

  int lremovexattr(byte[] path, byte[] name) {
    CStrings strings = CStrings.with(path, name);
    return (int) lremovexattr.call(strings.add(path), strings.add(name));
  }

  long flistxattr(int fd, long bufferAddress, long size) {
    return flistxattr.call(fd, bufferAddress, size);
  }

  long fgetxattr(int fd, byte[] name, long bufferAddress, long size) {
    return fgetxattr.call(fd, CStrings.of(name), bufferAddress, size);
  }

  int fsetxattr(int fd, byte[] name, byte[] value, long size, int flags) {
    CStrings strings = CStrings.with(name, value);
    return (int) fsetxattr.call(fd, strings.add(name), strings.add(value), size, flags);
  }

  int fremovexattr(int fd, byte[] name) {
    return (int) fremovexattr.call(fd, CStrings.of(name));
  }
}
