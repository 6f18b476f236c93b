"""
Linux: a process that has imported Prefect and never loads a flow itself. Each flow is loaded in a fork of it, so that
no flow finds anything that another one has left in Python, and every process below the fork is ended with it.
"""

import itertools
import os
import select
import signal
import time

from nx_prefect import child, descendants
from nx_prefect.channel import no_input
from nx_prefect.frames import unframed
from nx_prefect.pipes import Pipe
from nx_prefect.places import new_places

_OUTPUT = 1 << 16
_STACKS = 1 << 16
#: Bytes of an answer. The schema of a flow has some thousands.
_REPLY = 1 << 26
# A flow may patch what it likes: this was looked up before.
_exit = os._exit
#: Seconds in which a flow that took too long says where it is.
_LAST_WORDS = 0.3


def serve(channel, engine, time_limit):
    """Until Node closes its side or is gone."""
    # Only a process that loads a flow itself says on this one where it crashed.
    os.close(4)
    descendants.adopt_orphans()
    wake, woken = os.pipe()
    os.set_blocking(wake, False)
    os.set_blocking(woken, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(woken, warn_on_full_buffer=False)
    for number in itertools.count():
        request = channel.next()
        if request is None:
            return
        new_places(number)
        engine.before_fork(request)
        report = _load(request, engine, channel, (wake, woken), time_limit)
        if report is None:
            return
        channel.send(report)


def _load(request, engine, channel, wakes, time_limit):
    """What became of a flow; None when nobody asks any more."""
    secret = os.urandom(16).hex().encode("ascii")
    reply, output, stacks = pipes = Pipe(_REPLY), Pipe(_OUTPUT), Pipe(_STACKS)
    parent = os.getpid()
    pid = os.fork()
    if pid == 0:
        try:
            _become_child(channel, parent, wakes, pipes)
            child.load(request, engine, reply.writer, stacks.writer, secret)
        finally:
            _exit(1)
    for pipe in pipes:
        os.close(pipe.writer)
    status, late = _watch(pid, pipes, channel, wakes[0], time_limit)
    ended = descendants.end_all()
    status = ended.get(pid) if status is None else status
    replied, printed, stack = (pipe.finish() for pipe in pipes)
    if late is None:
        return None
    return {
        "ended": "late" if late else _ending(status),
        "output": printed.decode("utf-8", "replace"),
        "stacks": stack.decode("utf-8", "replace"),
        "reply": unframed(secret, replied),
    }


def _become_child(channel, parent, wakes, pipes):
    os.setsid()
    descendants.die_with_parent(parent)
    signal.set_wakeup_fd(-1)
    for descriptor in wakes:
        os.close(descriptor)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    channel.close()
    no_input()
    for pipe in pipes:
        os.close(pipe.reader)
    _, output, _ = pipes
    os.dup2(output.writer, 1)
    os.dup2(output.writer, 2)
    os.close(output.writer)


def _watch(pid, pipes, channel, wake, time_limit):
    """
    (exit status, whether it took too long). Both None when Node is gone; the status of a process that still runs is
    None.
    """
    poll = select.poll()
    readers = {pipe.reader: pipe for pipe in pipes}
    for descriptor in (wake, channel.requests, *readers):
        poll.register(descriptor, select.POLLIN)
    deadline = time.monotonic() + time_limit
    late = False
    while True:
        left = deadline - time.monotonic()
        if left <= 0 and late:
            return None, True
        if left <= 0:
            late = True
            deadline = time.monotonic() + _LAST_WORDS
            os.kill(pid, signal.SIGABRT)
            continue
        for descriptor, _ in poll.poll(left * 1000):
            if descriptor in readers:
                # At its end a pipe is always ready.
                if not readers[descriptor].read():
                    poll.unregister(descriptor)
            elif descriptor == wake:
                os.read(wake, 4096)
            elif channel.is_closed():
                return None, None
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            return status, late


def _ending(status):
    if status is None:
        return "no exit code"
    if os.WIFSIGNALED(status):
        return "signal %s" % signal.Signals(os.WTERMSIG(status)).name
    return "exit code %d" % os.WEXITSTATUS(status)
