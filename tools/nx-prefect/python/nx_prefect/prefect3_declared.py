"""
What the calls under a main guard declare: `main.deploy("prod", cron=...)`, `main.serve(...)`, `serve(...)` and
`prefect.deploy(...)`, each as a `to_deployment(...)` with the same arguments.
"""

import asyncio
import inspect
import os

import prefect.flows as flows

from nx_prefect.refusals import RefusedAtImport

#: Arguments of these calls that say how the script goes on, not what is declared.
_OF_THE_SCRIPT = (
    "print_next_steps",
    "print_next_steps_message",
    "ignore_warnings",
    "pause_on_shutdown",
    "print_starting_message",
    "limit",
    "webserver",
)
NEXT = 'Write it at module level: prod = %s.to_deployment(name="prod", ...).'


class Declared:
    """Collects what the intercepted calls of one file declare, beside their place in it."""

    def __init__(self, module):
        self._module = module
        #: [(the call, RunnerDeployment)]
        self.deployments = []
        self.warnings = []

    def method(self, name, flow, arguments):
        """`flow.deploy(...)` or `flow.serve(...)`. @returns a RunnerDeployment; where Prefect does, its coroutine"""
        image = _image(arguments)
        call = "%s.%s(...)" % (flow.name, name)
        given = {key: value for key, value in arguments.items() if key not in _OF_THE_SCRIPT}
        if "global_limit" in given:
            given["concurrency_limit"] = given.pop("global_limit")
        if name == "serve" and not given.get("name"):
            given["name"] = flow.name
        make = flow.ato_deployment if name == "adeploy" else flow.to_deployment
        return self._add(make(**given), call, image, None)

    def function(self, name, arguments):
        """`prefect.deploy(first, second, ...)` or `serve(first, ...)`."""
        image = _image(arguments)
        pool = arguments.get("work_pool_name")
        for deployment in arguments.get("deployments") or arguments.get("args") or ():
            self._add(deployment, "%s(...)" % name, image, pool)
        return _answer(None, name)

    def source(self, name, arguments):
        """`flow.from_source(source, "flow.py:main")`: this file's own flow is the one that is shipped from here."""
        path, _, attribute = str(arguments.get("entrypoint")).rpartition(":")
        flow = getattr(self._module, attribute, None)
        if os.path.basename(path) != os.path.basename(self._module.__file__) or not isinstance(flow, flows.Flow):
            raise RefusedAtImport(
                "main-guard",
                "`Flow.from_source(...)` under the main guard names a flow of another file (%s)."
                % arguments.get("entrypoint"),
                "This workspace ships a flow's code itself. " + NEXT % "flow",
            )
        self.warnings.append(
            "from_source(...) under the main guard is not used: the code that is registered is this checkout's."
        )
        return _answer(flow, name)

    def _add(self, deployment, call, image, pool):
        if inspect.iscoroutine(deployment):
            return self._add_later(deployment, call, image, pool)
        if pool is not None:
            deployment.work_pool_name = pool
        if image is not None:
            reference, built = image
            deployment.job_variables = dict(deployment.job_variables or {}, image=reference)
            if built:
                self.warnings.append(
                    '%s builds the image "%s" when the file is run; nx-prefect registers its name and builds nothing. '
                    "`docker-deploy` builds images (docs/docker.md); `build=False` says that another tool does."
                    % (call, reference)
                )
        self.deployments.append((call, deployment))
        return deployment

    async def _add_later(self, coroutine, call, image, pool):
        return self._add(await coroutine, call, image, pool)


def _answer(value, name):
    """Awaitable where the caller awaits it: for an `a...` function, and in an event loop."""

    async def answer():
        return value

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return answer() if name.startswith("a") else value
    return answer()


def _image(arguments):
    """(reference, whether the script builds it), taken out of the arguments; None without an image."""
    image = arguments.pop("image", None)
    built = arguments.pop("build", True)
    arguments.pop("push", None)
    if image is None:
        return None
    return (image if isinstance(image, str) else image.reference), built
