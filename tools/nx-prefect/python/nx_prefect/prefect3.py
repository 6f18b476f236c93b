"""Engine for Prefect 3: loads a file as Prefect's own worker does, and reads its flows and deployments."""
import inspect
import os
import sys

from nx_prefect import environ, prefect3_hooks, prefect3_static, refusals
from nx_prefect.functions import code_of, globals_used, line_of
from nx_prefect.isolation import lies_in
from nx_prefect.prefect3_deployments import read_deployments, unbound_deployments
from nx_prefect.refusals import RefusedAtImport
from nx_prefect.values import not_finite, not_finite_refusal, start_at_load, todays

from prefect.exceptions import ScriptError
from prefect.flows import Flow
from prefect.utilities import dispatch
from prefect.utilities.hashing import file_hash
from prefect.utilities.importtools import load_script_as_module

# Prefect's lists of types by name, which outlive a module.
_REGISTRIES = getattr(dispatch, "_TYPE_REGISTRIES", {})


class Engine:
    name = "prefect3"
    #: What of a result two loads must agree on.
    declared = ("flows", "deployments")
    reads_syntax = True

    def __init__(self, version):
        self.version = version
        prefect3_hooks.install()
        environ.install()
        refusals.install_network_guard()
        # griffe and what else Prefect loads with the first flow, now rather than in that flow's time.
        Flow(lambda: None, name="warm-up")

    def read(self, request, recording):
        """{flows, deployments, warnings} of one file, relative to the working directory."""
        if request["ship"] == "pickle":
            raise RefusedAtImport("ship-unsupported", "`ship: pickle` is for Prefect 0.15 - 1.x, and this flow has Prefect %s." % self.version, "Take the option out.")
        path = request["path"]
        before = {base: dict(types) for base, types in _REGISTRIES.items()}
        try:
            if request["load"] == "static":
                return {"flows": prefect3_static.read_flows(path), "deployments": [], "warnings": []}
            return self._read_module(load_script_as_module(path), recording)
        finally:
            _forget_types(before, recording.root)

    def _read_module(self, module, recording):
        file = os.path.realpath(module.__file__)
        attributes = _attributes(module)
        deployments, warnings = read_deployments(module, attributes, recording)
        warnings += unbound_deployments(module, attributes, recording)
        return {"flows": _read_flows(module, file, attributes, recording), "deployments": deployments, "warnings": warnings}

    def start_at_load(self, result):
        return start_at_load(result["deployments"])

    def todays(self, result):
        return todays(result)

    def unwrap(self, error):
        while isinstance(error, ScriptError):
            error = error.user_exc
        return error


def _forget_types(before, root):
    """
    Blocks and serializers that the file defines; those of installed packages stay loaded and registered. The static
    reader runs definitions in a module that doesn't exist.
    """
    for base, types in _REGISTRIES.items():
        for key, registered in list(types.items()):
            module = sys.modules.get(registered.__module__)
            if module is None or lies_in(module, root):
                types.pop(key)
                if key in before.get(base, ()):
                    types[key] = before[base][key]


def _attributes(module):
    """[(attribute, flow)]: each flow once, under its first attribute."""
    found = {}
    for attribute, value in list(vars(module).items()):
        if isinstance(value, Flow):
            found.setdefault(id(value), (attribute, value))
    return list(found.values())


def _read_flows(module, file, attributes, recording):
    used = globals_used(_module_code(module))
    flows = [_describe(flow, attribute, file, used) for attribute, flow in attributes]
    return flows + [_describe(flow, None, file, used) for flow in _unbound(module, file, attributes, recording)]


def _module_code(module):
    with open(module.__file__, "rb") as source:
        return compile(source.read(), module.__file__, "exec", dont_inherit=True)


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


def _functions_of_classes(module):
    classes = [value for value in vars(module).values() if inspect.isclass(value) and value.__module__ == module.__name__]
    return {id(member.fn) for each in classes for member in vars(each).values() if isinstance(member, Flow)}


def _describe(flow, attribute, file, used):
    code = code_of(flow.fn)
    own = (code.co_name, code.co_firstlineno) if code else None
    return {
        "attribute": attribute,
        "flowName": flow.name,
        "line": line_of(code) if code else 1,
        "definedHere": _filename(flow) == file,
        "calledHere": attribute is not None and bool(used.get(attribute, set()) - {own}),
        "description": flow.description,
        "version": _own_version(flow),
        "parameterOpenapiSchema": _schema(flow, line_of(code) if code and _filename(flow) == file else None),
    }


def _schema(flow, line):
    """Prefect writes NaN and infinity as null: in a schema of one's own type, and deep in a default, nothing else tells."""
    found = not_finite(flow.parameters.model_dump(), "The schema of %s" % flow.name)
    for name, parameter in inspect.signature(flow.fn).parameters.items():
        found = not_finite(parameter.default, "The default of %s" % name) or found
    if found:
        raise not_finite_refusal(found, line)
    return flow.parameters.model_dump(mode="json")


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
