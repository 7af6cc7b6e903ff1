"""The control folder: files whose names are messages."""

import os


def control_dir():
    """$SNAPSHOT_CONTROL_DIR, or its older name; None if neither is set."""
    return os.environ.get("SNAPSHOT_CONTROL_DIR") or os.environ.get("DYN_SNAPSHOT_CONTROL_DIR") or None


def write_file(folder, name, text=""):
    """Writes a file that appears whole or not at all. Needs little code, for a process that has just been restored."""
    aside = os.path.join(folder, f".{name}.{os.getpid()}.tmp")
    fd = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644)
    try:
        try:
            os.fchmod(fd, 0o644)
            os.write(fd, text.encode("utf-8"))
        finally:
            os.close(fd)
        os.rename(aside, os.path.join(folder, name))
    except BaseException:
        os.unlink(aside)
        raise


def remove_file(folder, name):
    """Removes a file of an earlier time, if there is one."""
    try:
        os.unlink(os.path.join(folder, name))
    except FileNotFoundError:
        pass  # nothing of an earlier time
