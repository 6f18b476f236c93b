"""Requests from Node in, replies out. No flow ever holds these descriptors: see `child.py`."""

import json
import os
import signal
import threading

from nx_prefect.frames import framed, write_all

#: Flows that write to descriptors by number choose low ones.
_HIGH = 100


def move_up(descriptor):
    """The same pipe under a high number, which programs that a flow starts don't inherit."""
    try:
        import fcntl

        high = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, _HIGH)
    except ImportError:  # Windows
        high = os.dup(descriptor)
    os.close(descriptor)
    return high


def no_input():
    empty = os.open(os.devnull, os.O_RDONLY)
    os.dup2(empty, 0)
    os.close(empty)


class Channel:
    """Requests come on standard input, one JSON object a line; the first line is the secret of the replies."""

    def __init__(self):
        self.requests = move_up(os.dup(0))
        self._replies = move_up(3)
        no_input()
        self._unread = b""
        self._secret = self._line()

    def send(self, reply):
        write_all(self._replies, framed(self._secret, json.dumps(reply, sort_keys=True, allow_nan=False)))

    def next(self):
        """The next request; None when Node has closed its side or is gone."""
        line = self._line()
        return None if line is None else json.loads(line.decode("utf-8"))

    def is_closed(self):
        """Whether Node is gone. To be asked when there is something to read."""
        more = os.read(self.requests, 65536)
        self._unread += more
        return not more

    def close(self):
        """In a process that loads a flow."""
        os.close(self.requests)
        os.close(self._replies)

    def for_one_load(self):
        """
        (descriptor of the reply, of the stacks, secret) for a process that answers one request itself, and then ends.
        """
        threading.Thread(target=self._end_with_node, daemon=True).start()
        os.dup2(1, 2)
        return self._replies, 4, self._secret

    def _end_with_node(self):
        """When Node is gone, a flow that hangs must not keep this process alive, nor what it has started."""
        while not self.is_closed():
            pass
        if hasattr(os, "killpg"):
            os.killpg(0, signal.SIGKILL)
        os._exit(0)

    def _line(self):
        while b"\n" not in self._unread:
            if self.is_closed():
                return None
        line, self._unread = self._unread.split(b"\n", 1)
        return line
