"""
Hooks into Prefect 3, installed once after it is imported and silent between loads: they note how flows, schedules
and deployments are made (the objects alone don't tell a default from an argument), and refuse what would need a server.
"""

import asyncio
import functools
import inspect
import sys
import zoneinfo

import prefect._internal.schemas.validators as validators
import prefect.client.orchestration as orchestration
import prefect.deployments.runner as runner
import prefect.flows as flows
import prefect.main  # noqa: F401 - holds names of prefect.flows
import prefect.utilities.asyncutils as asyncutils

from nx_prefect import recording
from nx_prefect.refusals import RefusedAtImport, refuse_network

MAIN = 'Put it under `if __name__ == "__main__":`'


def install():
    _note_made(flows.Flow)
    schedules = sys.modules.get("prefect.schedules")
    if schedules is not None:
        _note_made(schedules.Schedule)
        for name in ("Cron", "Interval", "RRule"):
            replace_everywhere(getattr(schedules, name), _noting(getattr(schedules, name)))
    # Inner first: what the user called notes last, and wins.
    for name in ("from_flow", "from_entrypoint"):
        setattr(runner.RunnerDeployment, name, _noting_classmethod(runner.RunnerDeployment, name))
    _note_to_deployment()
    _keep_rrules()
    _refuse_serving()
    _refuse_clients()
    # Prefect lists the machine's time zones for each cron schedule: half the time that such a flow takes.
    zones = zoneinfo.available_timezones
    replace_everywhere(zones, functools.lru_cache(maxsize=None)(zones))


def _note_made(cls):
    init = cls.__init__
    signature = inspect.signature(init)

    @functools.wraps(init)
    def noted(self, *args, **kwargs):
        init(self, *args, **kwargs)
        now = recording.current
        if now is not None:
            now.note(self, _arguments(signature, (self,) + args, kwargs))

    cls.__init__ = noted


def _noting(function):
    signature = inspect.signature(function)

    @functools.wraps(function)
    def noted(*args, **kwargs):
        result = function(*args, **kwargs)
        return _note(result, _arguments(signature, args, kwargs))

    return noted


def _noting_classmethod(cls, name):
    bound = getattr(cls, name)
    signature = inspect.signature(bound)

    @functools.wraps(bound)
    def noted(cls, *args, **kwargs):
        result = bound.__func__(cls, *args, **kwargs)
        return _note(result, _arguments(signature, args, kwargs))

    return classmethod(noted)


def _note_to_deployment():
    """In a running event loop `to_deployment` gives a coroutine, as `ato_deployment` always does."""
    flows.Flow.to_deployment = _noting_deployment(flows.Flow.to_deployment)
    if hasattr(flows.Flow, "ato_deployment"):
        flows.Flow.ato_deployment = _noting_deployment(flows.Flow.ato_deployment)
        flows.Flow.to_deployment.aio = flows.Flow.ato_deployment
    else:
        # It is async inside, and would run on a thread, which no fork has.
        replace_everywhere(asyncutils.run_coro_as_sync, lambda coroutine, *_, **__: asyncio.run(coroutine))


def _noting_deployment(function):
    signature = inspect.signature(function)

    @functools.wraps(function)
    def noted(self, *args, **kwargs):
        arguments = dict(_arguments(signature, (self,) + args, kwargs), flow=self)
        result = function(self, *args, **kwargs)
        if inspect.iscoroutine(result):
            return _note_later(result, arguments)
        return _note(result, arguments)

    return noted


async def _note_later(coroutine, arguments):
    return _note(await coroutine, arguments)


def _note(result, arguments):
    now = recording.current
    if now is not None:
        from nx_prefect.prefect3_deployments import note

        note(now, result, arguments)
    return result


def _arguments(signature, args, kwargs):
    """{name: value} of what a call really gave. Prefect has checked it already."""
    kwargs = {name: value for name, value in kwargs.items() if name in signature.parameters}
    try:
        arguments = dict(signature.bind(*args, **kwargs).arguments)
    except TypeError:
        arguments = dict(kwargs)
    arguments.pop("self", None)
    return arguments


def _keep_rrules():
    """
    Prefect gives a rule without DTSTART one, which for minutes and seconds is the time of the load; so does its server.
    """
    original = getattr(validators, "normalize_rrule_string", None)
    if original is None:
        return

    @functools.wraps(original)
    def kept(rrule_string, *args, **kwargs):
        return rrule_string if recording.current is not None else original(rrule_string, *args, **kwargs)

    replace_everywhere(original, kept)


def _refuse_serving():
    deploy_next = MAIN + "; to declare a deployment, write `%s.to_deployment(...)` at module level instead."
    for name in ("serve", "deploy", "adeploy"):
        _refuse(
            flows.Flow,
            name,
            "serve-at-import",
            "`.%s(...)` is called while the file is loaded." % name,
            deploy_next % "flow",
            declare=lambda declared, arguments, flow, name=name: declared.method(name, flow, arguments),
        )
    # Before there was a class of decorators, `flow` was a function.
    for owner in (flows.Flow, getattr(flows, "FlowDecorator", flows.flow)):
        for name in ("from_source", "afrom_source"):
            if hasattr(owner, name):
                what = "`Flow.%s(...)` is called while the file is loaded." % name
                _refuse(
                    owner,
                    name,
                    "serve-at-import",
                    what,
                    MAIN + "; this workspace ships the flow's code itself.",
                    wrap=staticmethod if inspect.isclass(owner) else None,
                    declare=lambda declared, arguments, _, name=name: declared.source(name, arguments),
                )
    _refuse(flows.Flow, "__call__", "run-at-import", "The flow is run while the file is loaded.", MAIN + ".")
    for module, names in ((flows, ("serve", "aserve")), (runner, ("deploy", "adeploy"))):
        for name in names:
            original = getattr(module, name, None)
            if original is not None:
                what = "`prefect.%s(...)` is called while the file is loaded." % name
                declare = lambda declared, arguments, _, name=name: declared.function(name, arguments)  # noqa: E731
                refusing = _refusing(original, "serve-at-import", what, deploy_next % "flow", declare)
                replace_everywhere(original, refusing)


def _refuse_clients():
    """
    Variable.get, Block.load and run_deployment ask a server. Prefect would look for one, and say so in its own words.
    """
    for cls in (orchestration.PrefectClient, orchestration.SyncPrefectClient):
        cls.__init__ = _client_init(cls.__init__)
    replace_everywhere(orchestration.get_client, _client_init(orchestration.get_client))


def _client_init(function):
    @functools.wraps(function)
    def guarded(*args, **kwargs):
        if recording.current is not None:
            refuse_network("the Prefect API")
        return function(*args, **kwargs)

    return guarded


def _refuse(owner, name, code, what, next_step, wrap=None, declare=None):
    if hasattr(owner, name):
        refusing = _refusing(getattr(owner, name), code, what, next_step, declare)
        setattr(owner, name, wrap(refusing) if wrap else refusing)


def _refusing(original, code, what, next_step, declare=None):
    """
    Takes the place of `original`. Async variants refuse when they are called, before anything is awaited. Under a main
    guard `declare(declared, arguments, self)` answers instead.
    """
    signature = inspect.signature(original)

    @functools.wraps(original)
    def refusing(*args, **kwargs):
        now = recording.current
        if now is not None and now.declared is not None and declare is not None:
            return declare(now.declared, _arguments(signature, args, kwargs), args[0] if args else None)
        if now is not None:
            raise RefusedAtImport(code, what, next_step)
        return original(*args, **kwargs)

    return refusing


def replace_everywhere(original, replacement):
    """Prefect's modules import names from each other, and all of them must see the replacement."""
    for name, module in list(sys.modules.items()):
        if name == "prefect" or name.startswith("prefect."):
            for attribute, value in list(vars(module).items()):
                if value is original:
                    setattr(module, attribute, replacement)
