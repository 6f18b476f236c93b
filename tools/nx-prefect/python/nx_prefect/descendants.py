"""Linux: nothing that a flow has started outlives it, nor this process."""

import ctypes
import os
import signal
import time

_libc = ctypes.CDLL(None, use_errno=True)
_SET_PARENT_DEATH_SIGNAL = 1
_SET_CHILD_SUBREAPER = 36
# Seconds. A killed process that the system doesn't let go (a disk that hangs) is left to it.
_PATIENCE = 5


def adopt_orphans():
    """Processes whose parent ends become children of this one, also those with a session of their own."""
    _libc.prctl(_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def die_with_parent(parent):
    """In a child: the system ends it when the process `parent` ends, however that ends."""
    _libc.prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def end_all():
    """Kills all processes below this one. Returns {pid: status} of those that were its children."""
    ended = {}
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            break
        if pid:
            ended[pid] = status
            continue
        for child in _children():
            try:
                os.kill(child, signal.SIGKILL)
            except ProcessLookupError:
                pass
        time.sleep(0.001)
    return ended


def _children():
    own = os.getpid()
    try:
        with open("/proc/self/task/%d/children" % own) as file:
            return [int(pid) for pid in file.read().split()]
    except FileNotFoundError:  # A kernel without this list
        return [pid for pid in map(int, filter(str.isdigit, os.listdir("/proc"))) if _parent_of(pid) == own]


def _parent_of(pid):
    try:
        with open("/proc/%d/stat" % pid) as file:
            return int(file.read().rpartition(")")[2].split()[1])
    except OSError:
        return None
