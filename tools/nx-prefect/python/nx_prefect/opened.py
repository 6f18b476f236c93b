"""
What a load reads beside the shipped copy and Python's own folders. No digest of source covers that, so a build that
did it is not shared with other machines, and holds only as long as what it read stays the same.
"""

import os
import subprocess
import sys

from nx_prefect import recording

#: Packages look at the machine that they are imported on; the system is no source of a flow.
_SYSTEM = ("/dev", "/etc", "/proc", "/sys", "/usr", "/lib", "/lib64", "/bin", "/sbin", "/System", "/Library")
#: The same on each machine, as far as a flow can tell.
_EVERYWHERE = ("/dev", "/usr/share/zoneinfo", "/etc/localtime")
#: More than these say nothing new.
_MOST = 20

_FILES = frozenset(["open", "os.listdir", "os.scandir", "sqlite3.connect"])
_PROGRAMS = frozenset(["subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn"])

#: Looked up before a flow can patch it.
_abspath, _fsdecode, _getframe, _getcwd = os.path.abspath, os.fsdecode, sys._getframe, os.getcwd
_own = ()


def install():
    """Once, when Prefect is imported and before a flow is loaded."""
    global _own
    folders = [sys.prefix, sys.base_prefix, os.path.dirname(os.__file__), os.path.dirname(os.environ["HOME"])]
    folders += [path for path in sys.path if path]
    # Where this very package lies.
    folders.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    _own = tuple({found for path in folders for found in (_abspath(path), os.path.realpath(path))})
    if hasattr(sys, "addaudithook"):
        sys.addaudithook(_hook)
    else:
        _patch()


def _hook(event, arguments):
    now = recording.current
    if now is None or (event not in _FILES and event not in _PROGRAMS):
        return
    try:
        _note(now, None if event in _PROGRAMS else arguments[0], arguments[0])
    except Exception:  # noqa: B902 - a hook that raises would end what the flow does
        now.opened.setdefault(None, "something that could not be told")


def _note(now, path, what):
    if isinstance(path, int) or len(now.opened) >= _MOST:
        return
    if path is None and what is not None:
        where = _user_line(now)
        if where:
            now.opened.setdefault(None, "%s starts a program" % where)
        return
    place = _abspath(_fsdecode(path)) if path else _getcwd()
    if place == now.script or _lies_in(place, _own + (now.root,)) or _lies_in(place, _EVERYWHERE):
        return
    where = _user_line(now)
    if where is None and _lies_in(place, _SYSTEM):
        return
    now.opened.setdefault(place, "%s opens %s" % (where or "a package", place))


def _user_line(now):
    """The line of the flow that asks; None where a package does on its own while it is imported."""
    frame = _getframe(3)
    while frame is not None:
        code = frame.f_code
        if now.owns(code.co_filename):
            return "%s:%d" % (now.relative(code.co_filename), frame.f_lineno)
        if code.co_name == "<module>":
            return None
        frame = frame.f_back
    return None


def _lies_in(place, folders):
    return any(place == folder or place.startswith(folder.rstrip(os.sep) + os.sep) for folder in folders)


def _patch():
    """Python 3.7 has no audit hooks: the functions that the events come from are wrapped."""
    import builtins
    import importlib._bootstrap_external as bootstrap
    import io

    class Wrapped:
        """Stays what it is where a class holds it, as a builtin function does."""

        def __init__(self, event, function, name):
            self.event, self.function, self.name = event, function, name

        def __call__(self, *args, **kwargs):
            _hook(self.event, (args[0] if args else kwargs.get(self.name),))
            return self.function(*args, **kwargs)

    def method(event, function, name):
        def wrapper(self, *args, **kwargs):
            _hook(event, (args[0] if args else kwargs.get(name),))
            return function(self, *args, **kwargs)

        return wrapper

    builtins.open = io.open = Wrapped("open", io.open, "file")
    os.open = Wrapped("open", os.open, "path")
    os.listdir = Wrapped("os.listdir", os.listdir, "path")
    os.scandir = Wrapped("os.scandir", os.scandir, "path")
    os.system = Wrapped("os.system", os.system, "command")
    subprocess.Popen.__init__ = method("subprocess.Popen", subprocess.Popen.__init__, "args")
    bootstrap.FileLoader.get_data = method("open", bootstrap.FileLoader.get_data, "path")
