"""What is noticed while one flow file is loaded. Hooks are installed once and write into `current`."""

import os
import sys

#: The recording of the load that goes on, None between loads.
current = None


class Recording:
    def __init__(self, root, script=None):
        self.root = root
        #: The file outside of it that holds what ships, if there is one.
        self.script = script
        self._inside = root + os.sep
        #: Names of environment variables that the flow's own code asked for, and those that weren't there.
        self.environment = set()
        self.missing = set()
        #: Those that packages asked for and weren't there: many are looked for that nobody needs.
        self.missing_in_packages = set()
        #: (where, whom) of each attempt to use the network.
        self.network = []
        #: What was read beside the copy: absolute path -> who did it, in words; None stands for a program.
        self.opened = {}
        #: Objects that a hook saw being made, in order; what each call really gave, by the object's identity.
        self.made = []
        self._given = {}
        #: Takes what calls of `deploy` and `serve` declare, while a main guard is read; else they are refused.
        self.declared = None

    def __enter__(self):
        global current
        current = self
        return self

    def __exit__(self, *_):
        global current
        current = None

    def owns(self, filename):
        """Whether a code object's file is the user's: lies in the shipped copy."""
        return filename.startswith(self._inside)

    def relative(self, filename):
        return filename[len(self._inside) :].replace(os.sep, "/")

    def note(self, thing, arguments):
        """Remembers the arguments of the call that made `thing`, and keeps it alive so that its id stays its own."""
        self.made.append(thing)
        self._given[id(thing)] = arguments

    def given(self, thing):
        """The arguments that made `thing`; None when no hook saw it."""
        return self._given.get(id(thing))

    def user_line(self):
        """`flows/p/f/flow.py:12` of the innermost frame that is the user's, None when there is none."""
        frame = sys._getframe(1)
        while frame is not None:
            if self.owns(frame.f_code.co_filename):
                return "%s:%d" % (self.relative(frame.f_code.co_filename), frame.f_lineno)
            frame = frame.f_back
        return None
