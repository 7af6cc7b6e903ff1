package io.snapfs.linux;

/**
 * What the C library offers for mounts, processes and the system. See {@link Native} for the
 * conventions.
 */
final class SystemCalls {
  private final NativeFunction memfd_create;
  private final NativeFunction mount;
  private final NativeFunction umount2;
  private final NativeFunction getuid;
  private final NativeFunction geteuid;
  private final NativeFunction getgid;
  private final NativeFunction getpid;
  private final NativeFunction kill;
  private final NativeFunction setsid;
  private final NativeFunction signal;
  private final NativeFunction prctl;
  private final NativeFunction waitpid;
  private final NativeFunction uname;
  private final NativeFunction fstatfs;
  private final NativeFunction statfs;

  SystemCalls(NativeLibrary c) {
    memfd_create = c.function("memfd_create");
    mount = c.function("mount");
    umount2 = c.function("umount2");
    getuid = c.function("getuid");
    geteuid = c.function("geteuid");
    getgid = c.function("getgid");
    getpid = c.function("getpid");
    kill = c.function("kill");
    setsid = c.function("setsid");
    signal = c.function("signal");
    prctl = c.function("prctl");
    waitpid = c.function("waitpid");
    uname = c.function("uname");
    fstatfs = c.function("fstatfs");
    statfs = c.function("statfs");
  }

  int memfd_create(byte[] name, int flags) {
    return (int) memfd_create.call(CStrings.of(name), flags);
  }

  int mount(byte[] source, byte[] target, byte[] type, long flags, byte[] data) {
    CStrings strings = CStrings.with(source, target, type, data);
    return (int)
        mount.call(
            strings.add(source), strings.add(target), strings.add(type), flags, strings.add(data));
  }

  int umount2(byte[] target, int flags) {
    return (int) umount2.call(CStrings.of(target), flags);
  }

  int getuid() {
    return (int) getuid.call();
  }

  int geteuid() {
    return (int) geteuid.call();
  }

  int getgid() {
    return (int) getgid.call();
  }

  int getpid() {
    return (int) getpid.call();
  }

  int kill(int pid, int signal) {
    return (int) kill.call(pid, signal);
  }

  int setsid() {
    return (int) setsid.call();
  }

  /** Returns the handler before, as an address; -1 if it fails. */
  long signal(int number, long handlerAddress) {
    return signal.call(number, handlerAddress);
  }

  int prctl(int option, long argument2, long argument3, long argument4, long argument5) {
    return (int) prctl.call(option, argument2, argument3, argument4, argument5);
  }

  int waitpid(int pid, long statusAddress, int options) {
    return (int) waitpid.call(pid, statusAddress, options);
  }

  int uname(long bufferAddress) {
    return (int) uname.call(bufferAddress);
  }

  int fstatfs(int fd, long bufferAddress) {
    return (int) fstatfs.call(fd, bufferAddress);
  }

  int statfs(byte[] path, long bufferAddress) {
    return (int) statfs.call(CStrings.of(path), bufferAddress);
  }
}
