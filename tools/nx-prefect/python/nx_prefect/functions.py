"""Facts about the functions behind flows, from code objects alone."""

import dis
import functools
import inspect
import linecache
import re

_DEFINITION = re.compile(r"\s*(async\s+def|def)\b")


def code_of(function):
    """The code that a user wrote, under decorators, partials and methods; None for a callable without any."""
    seen = 0
    while seen < 100:
        seen += 1
        if isinstance(function, functools.partial):
            function = function.func
        elif hasattr(function, "__wrapped__"):
            function = function.__wrapped__
        elif inspect.ismethod(function):
            function = function.__func__
        else:
            break
    if hasattr(function, "__code__"):
        return function.__code__
    return getattr(getattr(type(function), "__call__", None), "__code__", None)


def line_of(code):
    """The line of `def`; a code object knows the line of its first decorator."""
    lines = linecache.getlines(code.co_filename)
    for number in range(code.co_firstlineno, min(code.co_firstlineno + 200, len(lines)) + 1):
        if _DEFINITION.match(lines[number - 1]):
            return number
    return code.co_firstlineno


def globals_used(module_code):
    """
    {name: functions that use it} for all functions of a module's code: which name each `def` of the file takes from
    the module, nested ones under their outermost. What the module's own statements use doesn't count.
    """
    used = {}
    for code in _nested(module_code):
        # Class bodies run at import like the module does; their methods are functions.
        if code.co_flags & inspect.CO_OPTIMIZED:
            for inner in _whole(code):
                for instruction in dis.get_instructions(inner):
                    if instruction.opname in ("LOAD_GLOBAL", "LOAD_NAME"):
                        used.setdefault(instruction.argval, set()).add((code.co_name, code.co_firstlineno))
        else:
            for name, users in globals_used(code).items():
                used.setdefault(name, set()).update(users)
    return used


def _nested(code):
    return [constant for constant in code.co_consts if inspect.iscode(constant)]


def _whole(code):
    yield code
    for inner in _nested(code):
        for each in _whole(inner):
            yield each
