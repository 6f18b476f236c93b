"""Which environment variables a flow's own code asks for while it is loaded: names only, never values."""

import os
import sys

from nx_prefect import recording

# os.getenv, os.environ.get, `in`: all end in __getitem__, called from one of these files. Modules of the standard
# library that are frozen into the interpreter have no path.
_MAPPING_FILES = frozenset(
    {os.__file__, os.environ.get.__func__.__code__.co_filename, os.getenv.__code__.co_filename, __file__}
)


class RecordedEnviron(type(os.environ)):
    """
    Takes the place of os.environ's class: the object itself stays, because os.getenv and half the world hold it.

    Copying or listing everything (`dict(os.environ)`) names no variable, so keys that were just listed don't count.
    """

    _listed = frozenset()

    def __getitem__(self, key):
        now = recording.current
        if now is None or not isinstance(key, str):
            return super().__getitem__(key)
        if key in self._listed:
            self._listed.discard(key)
            return super().__getitem__(key)
        own = _asked_by_user(now)
        if own:
            now.environment.add(key)
        try:
            return super().__getitem__(key)
        except KeyError:
            (now.missing if own else now.missing_in_packages).add(key)
            raise

    def __iter__(self):
        keys = list(super().__iter__())
        self._listed = set(keys)
        return iter(keys)


def _asked_by_user(now):
    frame = sys._getframe(2)
    while frame is not None and frame.f_code.co_filename in _MAPPING_FILES:
        frame = frame.f_back
    return frame is not None and now.owns(frame.f_code.co_filename)


def install():
    os.environ.__class__ = RecordedEnviron
