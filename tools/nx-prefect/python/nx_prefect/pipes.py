"""The output of a flow, read while the flow runs. Only as much is kept as is ever shown."""

import os


class Pipe:
    """The reading end keeps the last `limit` bytes; the writing end is for the process that loads the flow."""

    def __init__(self, limit):
        self._limit = limit
        self.reader, self.writer = os.pipe()
        os.set_blocking(self.reader, False)
        self.kept = bytearray()

    def read(self):
        """Reads what is there, at most 64 KiB. False when nothing is."""
        try:
            part = os.read(self.reader, 65536)
        except BlockingIOError:
            return False
        self.kept += part
        surplus = len(self.kept) - self._limit
        if surplus > 0:
            del self.kept[:surplus]
        return bool(part)

    def finish(self):
        """
        Reads the rest and closes. A process that nothing can end may still write: no more than a pipe holds is read.
        """
        for _ in range(32):
            if not self.read():
                break
        os.close(self.reader)
        return bytes(self.kept)
