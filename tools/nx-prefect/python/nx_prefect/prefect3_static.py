"""
`load: static`: flows of a file whose packages aren't installed, read from its syntax tree with Prefect's own readers.

They do run the definitions that can be run (imports, functions, assignments), so this needs isolation as well.
"""

import ast

from prefect.flows import load_flow_arguments_from_entrypoint
from prefect.utilities.callables import parameter_schema_from_entrypoint

from nx_prefect.functions import globals_used
from nx_prefect.prefect3_beside import refuse_beside
from nx_prefect.prefect3_main import refuse_unread
from nx_prefect.values import not_finite, not_finite_refusal


def read_flows(path):
    with open(path, "rb") as file:
        tree = ast.parse(file.read(), path)
    used = globals_used(compile(tree, path, "exec", dont_inherit=True))
    found = []
    for node in tree.body:
        decorator = _flow_decorator(node)
        if decorator is not None:
            found.append(_describe(path, node, decorator, used))
    refuse_unread(tree, [flow["attribute"] for flow in found])
    refuse_beside(path)
    return found


def _flow_decorator(node):
    """The `@flow`, `@flow(...)`, `@prefect.flow` or `@prefect.flow(...)` of a function."""
    if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return None
    for decorator in node.decorator_list:
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        if getattr(called, "id", None) == "flow" or getattr(called, "attr", None) == "flow":
            return decorator
    return None


def _describe(path, node, decorator, used):
    entrypoint = "%s:%s" % (path, node.name)
    arguments = load_flow_arguments_from_entrypoint(entrypoint, {"name", "description", "version"})
    arguments.update(_constants(decorator))
    first = min([node.lineno] + [each.lineno for each in node.decorator_list])
    users = used.get(node.name, set()) - {(node.name, first), (node.name, node.lineno)}
    return {
        "attribute": node.name,
        "flowName": arguments.get("name") or node.name.replace("_", "-"),
        "line": node.lineno,
        "definedHere": True,
        "calledHere": bool(users),
        "description": arguments.get("description") or ast.get_docstring(node),
        "version": arguments.get("version"),
        "parameterOpenapiSchema": _schema(entrypoint, node),
    }


def _schema(entrypoint, node):
    schema = parameter_schema_from_entrypoint(entrypoint)
    found = not_finite(schema.model_dump(), "The schema of %s" % node.name)
    if found:
        raise not_finite_refusal(found, node.lineno)
    return schema.model_dump(mode="json", exclude_unset=True)


def _constants(decorator):
    """Prefect's reader knows `@flow(...)` only, not `@prefect.flow(...)`, and makes the text "None" of None."""
    if not isinstance(decorator, ast.Call):
        return {}
    wanted = ("name", "description", "version")
    return {
        keyword.arg: keyword.value.value
        for keyword in decorator.keywords
        if keyword.arg in wanted and isinstance(keyword.value, ast.Constant)
    }
