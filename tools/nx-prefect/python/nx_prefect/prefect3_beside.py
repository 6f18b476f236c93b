"""
Deployments that another file of the flow's folder declares: a `deployments.py` that imports the flow. It is loaded
beside the flow, and what it calls counts as under the main guard of the flow's own file.
"""

import ast
import os
import sys

from prefect.utilities.importtools import load_script_as_module

from nx_prefect.prefect3_declared import NEXT, Declared
from nx_prefect.prefect3_main import declaring_call, first_line, read_main
from nx_prefect.refusals import RefusedAtImport


def read_beside(module, recording):
    """[(module, Declared)] of the files beside a loaded flow file that declare deployments of its flows."""
    return [_read(path, tree, module, recording) for path, tree, _ in _declaring(module.__file__)]


def refuse_beside(path):
    """For `load: static`, which runs no file: a declaration must not become a default in silence."""
    for other, _, call in _declaring(path):
        raise RefusedAtImport(
            "declared-elsewhere",
            "%s declares a deployment of a flow of %s at line %d (`%s`), which `load: static` does not read."
            % (os.path.basename(other), os.path.basename(path), call.lineno, first_line(call)),
            "Declare it in a prefect.yaml beside the file.",
        )


def _read(path, tree, module, recording):
    name = os.path.splitext(os.path.basename(path))[0]
    for node in _imports_of(tree, _stem(module.__file__)):
        for imported in _names(node, name):
            sys.modules.setdefault(imported, module)
    declared = Declared(module)
    recording.declared = declared
    try:
        beside = load_script_as_module(path)
    finally:
        recording.declared = None
    return beside, read_main(beside, tree, recording, declared)


def _declaring(path):
    """(path, syntax tree, the first call that declares) of each file beside this one that declares with its flows."""
    folder = os.path.dirname(path) or "."
    for name in sorted(os.listdir(folder)):
        if not name.endswith(".py") or name == os.path.basename(path):
            continue
        other = os.path.join(folder, name)
        try:
            with open(other, "rb") as source:
                text = source.read()
            if b"deploy" not in text and b"serve" not in text:
                continue
            tree = ast.parse(text, other)
        except (SyntaxError, ValueError, OSError):
            continue
        imports = _imports_of(tree, _stem(path))
        bound = {(alias.asname or alias.name).split(".")[0] for node in imports for alias in node.names}
        call = declaring_call(tree, bound | {"serve", "deploy", "prefect"}) if imports else None
        if call is not None:
            yield other, tree, call


def _stem(path):
    return os.path.splitext(os.path.basename(path))[0]


def _imports_of(tree, stem):
    """The imports of the module of this name beside a file: `flow`, `.flow` or `flows.p.f.flow`."""
    return [
        node
        for node in ast.walk(tree)
        if (isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[-1] == stem)
        or (isinstance(node, ast.Import) and any(alias.name.split(".")[-1] == stem for alias in node.names))
    ]


def _names(node, importer):
    """Under which names Python would look for what is imported."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return ["%s.%s" % (importer, node.module) if node.level else node.module]
