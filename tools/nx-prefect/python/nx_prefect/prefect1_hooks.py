"""
Hooks into Prefect 0.15 - 1.x, installed once and silent between loads: where flows are made, and what would need a
server.
"""

import functools

import prefect
from prefect.core.flow import Flow

from nx_prefect import recording
from nx_prefect.refusals import RefusedAtImport, refuse_network

_MAIN = 'Put it under `if __name__ == "__main__":`'


def install():
    _note_made()
    _refuse("run", "run-at-import", "%s." % _MAIN)
    _refuse("register", "register-at-import", "%s; `nx run-many -t register` registers it." % _MAIN)
    _refuse_clients()


def _note_made():
    init = Flow.__init__

    @functools.wraps(init)
    def noted(self, *args, **kwargs):
        now = recording.current
        if now is not None:
            now.note(self, now.user_line())
        init(self, *args, **kwargs)

    Flow.__init__ = noted


def _refuse(name, code, next_step):
    original = getattr(Flow, name)

    @functools.wraps(original)
    def refusing(*args, **kwargs):
        if recording.current is not None:
            raise RefusedAtImport(code, "`flow.%s(...)` is called while the file is loaded." % name, next_step)
        return original(*args, **kwargs)

    setattr(Flow, name, refusing)


def _refuse_clients():
    """At once: the client would try for a minute and say so in its own words."""
    request = prefect.Client._request

    @functools.wraps(request)
    def guarded(*args, **kwargs):
        if recording.current is not None:
            refuse_network("the Prefect API")
        return request(*args, **kwargs)

    prefect.Client._request = guarded
