"""
Another clock for the second load: what it changes in a flow came from the clock.

Installed before anything imports `datetime` or `time`, so that all of Python reads it: pendulum and Prefect follow by
themselves. C extensions that ask the system (`pandas.Timestamp.now()`) don't.
"""

import builtins
import copyreg
import datetime
import time

_REAL = {name: getattr(time, name) for name in ("time", "localtime", "gmtime", "strftime", "ctime", "asctime")}
_build_class = builtins.__build_class__


class _Clock:
    #: Seconds that it shows more than the machine's.
    ahead = 0.0
    #: Where the machine's stands still, in seconds since 1970; None = it goes on.
    stopped = None


def set_clock(ahead, stopped=None):
    _Clock.ahead, _Clock.stopped = ahead, stopped


def now():
    return (_REAL["time"]() if _Clock.stopped is None else _Clock.stopped) + _Clock.ahead


def is_installed():
    return time.time is now


def install():
    datetime.date = _shifted(datetime.date, today=_today)
    datetime.datetime = _shifted(datetime.datetime, now=_now, utcnow=_utcnow, today=_today)
    builtins.__build_class__ = _built
    time.time = now
    time.time_ns = lambda: int(now() * 10**9)
    time.localtime = lambda seconds=None: _REAL["localtime"](now() if seconds is None else seconds)
    time.gmtime = lambda seconds=None: _REAL["gmtime"](now() if seconds is None else seconds)
    time.strftime = lambda form, moment=None: _REAL["strftime"](form, time.localtime() if moment is None else moment)
    time.ctime = lambda seconds=None: _REAL["ctime"](now() if seconds is None else seconds)
    time.asctime = lambda moment=None: _REAL["asctime"](time.localtime() if moment is None else moment)


def _now(cls, tz=None):
    return cls.fromtimestamp(now(), tz)


def _utcnow(cls):
    return cls.fromtimestamp(now(), datetime.timezone.utc).replace(tzinfo=None)


def _today(cls):
    return cls.fromtimestamp(now())


class _Shifted(type):
    """Of the classes that take the place of `date` and `datetime`. Their instances are real dates."""

    def __instancecheck__(cls, thing):
        return isinstance(thing, cls._real)

    def __subclasscheck__(cls, other):
        return issubclass(other, cls._real)


def _shifted(real, **clocks):
    methods = {name: classmethod(function) for name, function in clocks.items()}
    body = {
        "_real": real,
        "_clocks": methods,
        "__new__": lambda cls, *args, **kwargs: real.__new__(real, *args, **kwargs),
        # Else pydantic doesn't know the type of a parameter. The real class is read back from the other one's pickles.
        "__get_pydantic_core_schema__": classmethod(lambda cls, source, handler: {"type": real.__name__}),
        "__module__": real.__module__,
        "__qualname__": real.__qualname__,
        "__doc__": real.__doc__,
    }
    shifted = _Shifted(real.__name__, (real,), dict(methods, **body))
    copyreg.pickle(real, lambda value: (shifted,) + value.__reduce_ex__(2)[1:])
    return shifted


def _built(function, name, *bases, **keywords):
    """A class that derives from a date derives from the real one, whatever its metaclass, and reads this clock."""
    shifted = [base for base in bases if type(base) is _Shifted]
    if not shifted:
        return _build_class(function, name, *bases, **keywords)
    cls = _build_class(function, name, *(base._real if type(base) is _Shifted else base for base in bases), **keywords)
    for base in shifted:
        for method, clock in base._clocks.items():
            if getattr(getattr(cls, method), "__func__", None) is None:
                setattr(cls, method, clock)
    return cls
