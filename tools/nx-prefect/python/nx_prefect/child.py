"""A process that loads one flow and ends: a fork of the worker, or its own worker on systems without fork."""

import faulthandler
import json
import os
import sys
import tempfile

from nx_prefect import clock
from nx_prefect.channel import move_up
from nx_prefect.frames import framed, write_all
from nx_prefect.loading import answer

# A flow may patch what it likes: what ends this process was looked up before.
_exit, _getpid, _dumps = os._exit, os.getpid, json.dumps


def load(request, engine, reply, stacks, secret):
    """Answers on the descriptor `reply`, and never returns. Whoever reads the answer asks for exit code 0 as well."""
    code = 1
    try:
        pid = _getpid()
        reply, stacks = move_up(reply), move_up(stacks)
        # Also for SIGABRT, by which a flow that hangs is asked where it is.
        faulthandler.enable(file=stacks)
        sys.stdout.reconfigure(line_buffering=True, errors="backslashreplace")
        _enter(request)
        text = _dumps(answer(request, engine), sort_keys=True, allow_nan=False)
        _flush()
        # A flow that forked, and went on in both.
        if _getpid() == pid:
            write_all(reply, framed(secret, text))
            code = 0
    except BaseException:  # noqa: B902 - the flow closed or replaced what is needed to answer
        sys.__excepthook__(*sys.exc_info())
        _flush()
    finally:
        # Not sys.exit: what the flow registered with atexit, and threads that it started, have no say here.
        _exit(code)


def _enter(request):
    if "clock" in request:
        clock.set_clock(**request["clock"])
    os.environ["GIT_CEILING_DIRECTORIES"] = os.path.dirname(os.path.realpath(request["root"]))
    os.environ.update(request["env"])
    tempfile.tempdir = None
    os.chdir(request["root"])


def _flush():
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:  # noqa: B902 - a flow may have replaced or closed it
            pass
    try:
        import ctypes

        # C extensions print through their own buffer.
        ctypes.CDLL(None).fflush(None)
    except Exception:  # noqa: B902 - Windows: the C runtime doesn't say its name
        pass
