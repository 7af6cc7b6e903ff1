"""How many handles of other processes' device memory this process holds.

A checkpoint of a process that holds one succeeds, and its restore fails for good, without the driver having said so.
Hence the count is kept in the file `live-imports` of the control folder, where `snapfs checkpoint` looks: it goes up
before a handle is imported and down after it was released.
"""

import os

from .control import control_dir, write_file

FILE = "live-imports"

_count = 0
_folder = None


def use_folder(folder):
    """Where to keep the count; before this is called, in $SNAPSHOT_CONTROL_DIR."""
    global _folder
    _folder = folder
    _publish()


def live_imports():
    """Handles that are imported, mapped or not."""
    return _count


def add(handles):
    """Handles are about to be imported."""
    global _count
    _count += handles
    _publish()


def remove(handles):
    """Handles have been released."""
    global _count
    _count -= handles
    _publish()


def _publish():
    folder = _folder or control_dir()
    if folder and os.path.isdir(folder):
        text = f"{_count}\n"
        if not _overwrite(os.path.join(folder, FILE), text.encode("ascii")):
            write_file(folder, FILE, text)


def _overwrite(path, data):
    """Writes over a file of the same length; False if there is none.

    One small write is seen whole or not at all, too, and takes microseconds where to replace a file takes some file
    systems milliseconds, in which a worker that attaches its weights would wait.
    """
    try:
        fd = os.open(path, os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return False  # write_file makes one, or says what is amiss
    try:
        return os.fstat(fd).st_size == len(data) and os.pwrite(fd, data, 0) == len(data)
    finally:
        os.close(fd)
