"""Requests in, replies out, and everything that a flow prints kept apart from both."""
import faulthandler
import io
import json
import os
import queue
import signal
import sys
import threading

# Characters of a flow's output that go into a reply.
OUTPUT_LIMIT = 10000


class Channel:
    """Owns the file descriptors. A flow sees an empty standard input, and a file as its standard output and error."""

    def __init__(self, output, time_limit):
        self._time_limit = time_limit
        # os.dup gives descriptors that subprocesses of a flow don't inherit.
        self._in = io.open(os.dup(0), "rb")
        self._out = io.open(os.dup(3), "wb")
        os.close(3)
        empty = os.open(os.devnull, os.O_RDONLY)
        os.dup2(empty, 0)
        os.close(empty)
        # A file and not a pipe: nobody has to read while a flow prints, and Node finds the last words of a process
        # that died. Appending keeps the writes of subprocesses in order after it was emptied.
        self._file = os.open(output, os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0))
        os.dup2(self._file, 1)
        os.dup2(self._file, 2)
        # Output of a process that dies in the middle is wanted most.
        _line_buffered(sys.stdout)
        faulthandler.enable(file=2)
        self._requests = queue.Queue()
        threading.Thread(target=self._read, name="nx-prefect-requests", daemon=True).start()

    def requests(self):
        while True:
            yield self._requests.get()

    def send(self, reply):
        self._out.write(json.dumps(reply, sort_keys=True, allow_nan=False).encode() + b"\n")
        self._out.flush()

    def begin(self):
        """Forgets what was printed so far, and says where a flow hangs shortly before Node gives it up."""
        self._flush()
        os.ftruncate(self._file, 0)
        faulthandler.dump_traceback_later(self._time_limit * 0.95, file=2)

    def output(self):
        """What was printed since `begin`."""
        self._flush()
        os.lseek(self._file, 0, os.SEEK_SET)
        text = os.read(self._file, 4 * OUTPUT_LIMIT).decode("utf-8", "replace")
        return text[:OUTPUT_LIMIT]

    def end(self):
        faulthandler.cancel_dump_traceback_later()

    def _flush(self):
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except (AttributeError, OSError, ValueError):
                pass  # A flow may have replaced or closed it.
        _flush_c()

    def _read(self):
        """A thread of its own: when Node is gone, a flow that hangs must not keep this process alive."""
        for line in self._in:
            self._requests.put(json.loads(line.decode("utf-8")))
        if hasattr(os, "killpg") and os.getpgrp() == os.getpid():
            os.killpg(0, signal.SIGKILL)
        os._exit(0)


def _line_buffered(stream):
    stream.reconfigure(line_buffering=True, errors="backslashreplace")


def _flush_c():
    """C extensions print through their own buffer."""
    try:
        import ctypes

        ctypes.CDLL(None).fflush(None)
    except (ImportError, OSError, TypeError, AttributeError):
        pass  # Windows: the C runtime doesn't say its name.
