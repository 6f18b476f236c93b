"""Engine for Prefect 3: loads a file as Prefect's own worker does, and reads its flows and deployments."""

import ast
import inspect
import os
import sys
from datetime import date, timedelta
from enum import Enum

from nx_prefect import environ, prefect3_clock, prefect3_hooks, prefect3_static, prefect3_yaml, refusals
from nx_prefect.functions import code_of, globals_used, line_of
from nx_prefect.prefect3_sources import read_sources
from nx_prefect.prefect3_steps import git_clone_arguments
from nx_prefect.refusals import RefusedAtImport
from nx_prefect.values import not_finite, not_finite_refusal

from prefect.exceptions import ScriptError
from prefect.flows import Flow
from prefect.tasks import Task
from prefect.utilities.callables import parameter_schema
from prefect.utilities.hashing import file_hash
from prefect.utilities.importtools import load_script_as_module

#: What a property of a schema has beside its type.
_UNTYPED = {"position", "title", "default", "description"}
_UNCHANGING = (str, bytes, int, float, type(None), Enum, date, timedelta)


class Engine:
    name = "prefect3"
    #: What of a result is declared: no path of this machine, no integer too large. Node compares the same of two loads.
    declared = ("flows", "deployments", "yaml")
    reads_syntax = True

    def __init__(self, version):
        self.version = version
        self.git_clone = git_clone_arguments()
        prefect3_hooks.install()
        prefect3_clock.install()
        environ.install()
        refusals.install_network_guard()
        # griffe and what else Prefect loads with the first flow.
        flow = Flow(_warm_up, name="warm-up")
        #: Modules that are loaded before any flow where it runs.
        self.baseline = frozenset(sys.modules)
        # What flows of most files make, so that not each one waits for the same imports and caches.
        flow.parameters.model_dump(mode="json")
        Task(_warm_up)
        try:
            flow.to_deployment("warm-up", cron="0 0 * * *").model_dump(mode="json")
        except ValueError:
            pass  # Prefect 3.0 takes no file that lies outside of the working directory.

    def before_fork(self, request):
        """In the process that forks, which never runs a flow."""
        if request.get("prefectYaml"):
            prefect3_yaml.warm()

    def read(self, request, recording):
        """{flows, deployments, yaml, warnings} of one file, relative to the working directory."""
        if request["ship"] == "pickle":
            raise RefusedAtImport(
                "ship-unsupported",
                "`ship: pickle` is for Prefect 0.15 to 1.x, and this flow has Prefect %s." % self.version,
                "Remove the option.",
            )
        path = request["path"]
        # First: the flow may change what Prefect's code reads.
        yaml, warnings = prefect3_yaml.read_declarations(request.get("prefectYaml", []), path)
        if request["load"] == "static":
            flows = prefect3_static.read_flows(path)
            found = {"flows": flows, "deployments": [], "warnings": []}
        else:
            found = self._read_module(load_script_as_module(path), recording, yaml)
        return dict(found, yaml=yaml, warnings=found["warnings"] + warnings, gitClone=self.git_clone)

    def _read_module(self, module, recording, yaml):
        # Prefect 3.0 finds a flow's file by the name of its module, also of a flow under a main guard.
        sys.modules.setdefault(module.__name__, module)
        file = os.path.realpath(module.__file__)
        attributes = _attributes(module)
        with open(module.__file__, "rb") as source:
            tree = ast.parse(source.read(), module.__file__)
        deployments, warnings = read_sources(module, tree, attributes, recording)
        used = globals_used(compile(tree, module.__file__, "exec", dont_inherit=True))
        flows = _read_flows(module, file, attributes, recording, used) + _in_classes(module, file, yaml)
        return {"flows": flows, "deployments": deployments, "warnings": warnings}

    def unwrap(self, error):
        while isinstance(error, ScriptError):
            error = error.user_exc
        return error


def _warm_up(day: str = "", number: int = 0):
    """A function with types."""


def _attributes(module):
    """[(attribute, flow)]: each flow once, under its first attribute."""
    found = {}
    for attribute, value in list(vars(module).items()):
        if isinstance(value, Flow):
            found.setdefault(id(value), (attribute, value))
    return list(found.values())


def _read_flows(module, file, attributes, recording, used):
    flows = [_describe(flow, attribute, file, used) for attribute, flow in attributes]
    return flows + [_describe(flow, None, file, used) for flow in _unbound(module, file, attributes, recording)]


def _unbound(module, file, attributes, recording):
    """
    Flows made from a function of this file that no attribute holds. `with_options` copies share their function with
    the original, so a function that some attribute's flow has is taken care of; methods belong to their class.
    """
    bound = {id(flow.fn) for _, flow in attributes} | _functions_of_classes(module)
    unbound = []
    for flow in recording.made:
        if isinstance(flow, Flow) and id(flow.fn) not in bound and _filename(flow) == file:
            bound.add(id(flow.fn))
            unbound.append(flow)
    return unbound


def _in_classes(module, file, yaml):
    """Flows that a `prefect.yaml` names inside of something: `Demo.run`. Nothing else registers them."""
    found = []
    for name in dict.fromkeys(each.get("attribute") or "" for each in yaml):
        value = module
        for part in name.split("."):
            value = getattr(value, part, None)
        if "." in name and isinstance(value, Flow):
            found.append(dict(_describe(value, name, file, {}), definedHere=False))
    return found


def _functions_of_classes(module):
    classes = [
        value for value in vars(module).values() if inspect.isclass(value) and value.__module__ == module.__name__
    ]
    return {id(member.fn) for each in classes for member in vars(each).values() if isinstance(member, Flow)}


def _describe(flow, attribute, file, used):
    code = code_of(flow.fn)
    own = (code.co_name, code.co_firstlineno) if code else None
    line = line_of(code) if code else 1
    here = _filename(flow) == file
    return {
        "attribute": attribute,
        "flowName": flow.name,
        "line": line,
        "definedHere": here,
        "calledHere": attribute is not None and bool(used.get(attribute, set()) - {own}),
        "description": flow.description,
        "version": _own_version(flow),
        "parameterOpenapiSchema": _schema(flow, line if here else None),
    }


def _schema(flow, line):
    """
    Prefect writes NaN and infinity as null: in a schema of one's own type, and deep in a default, nothing else tells.
    """
    # `prefect deploy` makes it again after the module has run. That takes 5 ms, and the result is mostly the same.
    schema = parameter_schema(flow) if _was_early(flow) else flow.parameters
    found = not_finite(schema.model_dump(), "The schema of %s" % flow.name)
    for name, parameter in inspect.signature(flow.fn).parameters.items():
        found = not_finite(parameter.default, "The default of %s" % name) or found
    if found:
        raise not_finite_refusal(found, line)
    return schema.model_dump(mode="json", exclude_unset=True)


def _was_early(flow):
    """
    Whether the schema of the decorator may lack what stood below it: a class that an annotation names, which leaves
    its parameter without a type, or what came into a default later.
    """
    properties = flow.parameters.properties
    for name, parameter in inspect.signature(flow.fn).parameters.items():
        if parameter.annotation is not parameter.empty and not set(properties.get(name, ())) - _UNTYPED:
            return True
        if parameter.default is not parameter.empty and not isinstance(parameter.default, _UNCHANGING):
            return True
    return False


def _filename(flow):
    code = code_of(flow.fn)
    return os.path.realpath(code.co_filename) if code else None


def _own_version(flow):
    """Prefect makes a version out of the file's hash where the flow gives none; `with_options` hands that on."""
    if flow.version is None:
        return None
    try:
        return None if flow.version == file_hash(inspect.getsourcefile(flow.fn)) else flow.version
    except (OSError, TypeError):
        return flow.version
