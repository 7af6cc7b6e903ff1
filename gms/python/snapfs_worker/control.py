"""The control folder: files whose names are messages."""

import os
import tempfile


def control_dir():
    """$SNAPSHOT_CONTROL_DIR, or its older name; None if neither is set."""
    return os.environ.get("SNAPSHOT_CONTROL_DIR") or os.environ.get("DYN_SNAPSHOT_CONTROL_DIR") or None


def write_file(folder, name, text=""):
    """Writes a file that appears whole or not at all."""
    fd, aside = tempfile.mkstemp(prefix=f".{name}.", suffix=".tmp", dir=folder)
    try:
        with os.fdopen(fd, "w") as out:
            out.write(text)
        os.chmod(aside, 0o644)
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
