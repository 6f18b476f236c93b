"""
Messages on a pipe that a flow may write to as well: each begins with a secret, so that nothing else is taken for one.
"""

import os

_write = os.write


def framed(secret, text):
    body = text.encode("utf-8")
    return b"%s %012d\n%s" % (secret, len(body), body)


def unframed(secret, data):
    """The text of the one frame that `data` is; None for anything else."""
    head = len(secret) + 14
    if not data.startswith(secret + b" ") or data[head - 1 : head] != b"\n" or not data[head - 13 : head - 1].isdigit():
        return None
    if len(data) != head + int(data[head - 13 : head - 1]):
        return None
    return data[head:].decode("utf-8", "replace")


def write_all(descriptor, data):
    left = memoryview(data)
    while left:
        left = left[_write(descriptor, left) :]
