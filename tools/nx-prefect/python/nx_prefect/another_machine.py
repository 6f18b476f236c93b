"""What the second load finds of its machine, so that a value of the first one differs: see `clock.py` for the time."""

import getpass
import os
import socket

from nx_prefect import clock

_HOST = "another-host"


def install():
    clock.install()
    socket.gethostname = lambda: _HOST
    getpass.getuser = _user(getpass.getuser)
    _more_processors("cpu_count")
    _more_processors("process_cpu_count")
    if hasattr(os, "uname"):
        uname = os.uname
        os.uname = lambda: os.uname_result(uname()[:1] + (_HOST,) + uname()[2:])


def _user(getuser):
    return lambda: (
        getuser() if any(os.environ.get(name) for name in ("LOGNAME", "USER", "LNAME", "USERNAME")) else "another-user"
    )


def _more_processors(name):
    count = getattr(os, name, None)
    if count:
        setattr(os, name, lambda: (count() or 1) + 1)
