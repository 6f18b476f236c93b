"""
Engine for Prefect 0.15 - 1.x: loads a flow's script as its storage does where it runs, and reads the flows that it
gives.
"""

import json
import re
import sys

import marshmallow
from prefect import Parameter, task
from prefect.core.flow import Flow

from nx_prefect import environ, prefect1_hooks, prefect1_pickles, prefect1_storage, refusals
from nx_prefect.prefect1_script import namespace_of
from nx_prefect.refusals import RefusedAtImport
from nx_prefect.values import not_finite, not_finite_refusal

#: Prefect pins no upper version, and sets a context that marshmallow 4 has no more.
SERIALIZES = hasattr(marshmallow.Schema(), "context")
_ADDRESS = re.compile(r" at 0x[0-9a-f]+")
_STATIC_NEXT = (
    "Remove the option: Prefect %s has no reader of syntax trees, so the flow's packages have to be installed."
)


class Engine:
    name = "prefect1"
    #: What of a result is declared: no path of this machine, no integer too large. Node compares the same of two loads.
    declared = ("flows",)
    reads_syntax = False

    def __init__(self, version):
        self.version = version
        prefect1_hooks.install()
        environ.install()
        refusals.install_network_guard()
        #: Modules that are loaded before any flow where it runs.
        self.baseline = frozenset(sys.modules)
        # What Prefect imports with the first flow, now rather than in that flow's time.
        with Flow("warm-up") as flow:
            task(lambda value: value)(Parameter("value", default=1))
        flow.serialize()

    def before_fork(self, request):
        """Nothing that flows share is worth it."""

    def read(self, request, recording):
        """{flows, warnings, pickles} of the flow's script; the working directory holds the files that are in it."""
        if request["load"] == "static":
            raise RefusedAtImport(
                "static-unsupported",
                "`load: static` is for Prefect 3, and this flow has Prefect %s." % self.version,
                _STATIC_NEXT % self.version,
            )
        attributes = _attributes(namespace_of(request["script"], recording.root))
        flows = [_describe(flow, attribute, recording) for attribute, flow in attributes]
        pickles = (
            prefect1_pickles.dumps([flow for _, flow in attributes], recording) if request["ship"] == "pickle" else {}
        )
        return {"flows": flows, "warnings": _unbound(attributes, recording), "pickles": pickles}

    def verify(self, pickles):
        """What ships by value must load where the flow's files are not."""
        prefect1_pickles.loads(pickles)

    def unwrap(self, error):
        return error


def _attributes(namespace):
    """[(attribute, flow)]: each flow once, under its first attribute."""
    found = {}
    for attribute, value in namespace.items():
        if isinstance(value, Flow):
            found.setdefault(id(value), (attribute, value))
    return list(found.values())


def _unbound(attributes, recording):
    """A warning for each flow that the flow file makes and no name holds: `prefect register` passes over it as well."""
    bound = {id(flow) for _, flow in attributes}
    warnings = []
    for made in recording.made:
        if isinstance(made, Flow) and id(made) not in bound:
            bound.add(id(made))
            where = recording.given(made)
            if where:
                warnings.append(
                    '%s: the flow "%s" is bound to no name of the module at the end, so it is not registered.'
                    % (where, made.name)
                )
    return warnings


def _describe(flow, attribute, recording):
    line = _line(flow, recording)
    serialized = _serialize(flow, line)
    found = not_finite(serialized, 'The flow "%s"' % flow.name)
    if found:
        raise not_finite_refusal(found, line)
    kind, storage, labels = prefect1_storage.declared(flow, line)
    return {
        "attribute": attribute,
        "flowName": flow.name,
        "line": line,
        "serializedFlow": dict(serialized, storage=storage),
        "storage": kind,
        "storageLabels": labels,
    }


def _line(flow, recording):
    file, _, line = (recording.given(flow) or "").rpartition(":")
    return int(line) if file.endswith("/flow.py") else None


def _serialize(flow, line):
    copy = flow.copy()
    copy.storage = None
    try:
        serialized = copy.serialize()
        json.dumps(serialized)
    except Exception as error:  # noqa: B902 - marshmallow's, Prefect's own and any of the flow's values
        what = 'Prefect can\'t serialize the flow "%s": %s: %s' % (flow.name, type(error).__name__, error)
        raise RefusedAtImport(
            "flow-not-serializable",
            what.rstrip(".") + ".",
            "Correct the flow: `prefect register` refuses it as well.",
            line,
        ) from error
    serialized["edges"] = sorted(serialized["edges"], key=_edge_order)
    for task in serialized["tasks"] + serialized["parameters"]:
        _without_addresses(task)
    return serialized


def _edge_order(edge):
    """Prefect leaves the order of two edges between the same tasks to their hashes."""
    return edge["upstream_task"]["slug"], edge["downstream_task"]["slug"], edge["key"] or ""


def _without_addresses(task):
    """Types are written as Python prints them: a function among them with its place in memory."""
    for name, value in (task.get("inputs") or {}).items():
        value["type"] = _ADDRESS.sub("", value["type"])
    if isinstance(task.get("outputs"), str):
        task["outputs"] = _ADDRESS.sub("", task["outputs"])
