"""
Deployments that a file makes under its main guard, for people who run it as a script: `main.deploy("prod", cron=...)`,
`main.serve(...)`, `serve(...)`, `prefect.deploy(...)`. Each counts as a `to_deployment(...)` with these arguments.

Only the statements that declare are run, with what they need from the lines above them under the guard: the rest of a
script may parse arguments, run the flow, or never end.
"""

import ast
import inspect
import os
import textwrap

import prefect
import prefect.deployments.runner as runner
import prefect.flows as flows

from nx_prefect.prefect3_declared import NEXT
from nx_prefect.refusals import RefusedAtImport

#: What a script calls to declare, on a flow or as a function of Prefect's.
_NAMES = ("deploy", "adeploy", "serve", "aserve")
_DECLARING = _NAMES + ("to_deployment", "ato_deployment")


def read_main(module, tree, recording, declared):
    """Runs what declares under the main guard of a module, whose syntax tree this is. @returns declared, filled"""
    names = dict(vars(module), __name__="__main__")
    for guard in filter(_is_main_guard, tree.body):
        script = _Script(guard.body, names, module.__name__)
        recording.declared = declared
        try:
            for statement in script.to_run():
                _run(statement, names, module.__file__, recording)
        finally:
            recording.declared = None
    return declared


def refuse_unread(tree, names):
    """For `load: static`, which runs no script."""
    call = declaring_call(tree, set(names) | {"serve", "deploy", "prefect"})
    if call is not None:
        raise RefusedAtImport(
            "declared-elsewhere",
            "`%s` declares a deployment, which `load: static` does not read." % first_line(call),
            "Declare it in a prefect.yaml beside the file.",
            call.lineno,
        )


def _is_main_guard(node):
    """`if __name__ == "__main__":`, either way round."""
    if not (isinstance(node, ast.If) and isinstance(node.test, ast.Compare) and len(node.test.comparators) == 1):
        return False
    sides = [node.test.left, node.test.comparators[0]]
    return (
        isinstance(node.test.ops[0], ast.Eq)
        and any(isinstance(side, ast.Name) and side.id == "__name__" for side in sides)
        and any(isinstance(side, ast.Constant) and side.value == "__main__" for side in sides)
    )


def _run(statement, names, filename, recording):
    try:
        exec(compile(ast.Module([statement], []), filename, "exec"), names)  # noqa: S102 - the flow's own code
    except (RefusedAtImport, KeyboardInterrupt):
        raise
    except BaseException as error:  # noqa: B902 - also SystemExit
        if recording.missing:  # Of an environment variable, which is said as everywhere.
            raise
        raise RefusedAtImport(
            "main-guard",
            '`%s` under `if __name__ == "__main__":` belongs to the declaration of a deployment, and fails while the '
            "flow is built: %s: %s." % (first_line(statement), type(error).__name__, str(error).rstrip(".")),
            NEXT % "flow",
            statement.lineno,
            recording.relative(os.path.realpath(filename)),
        )


def first_line(node):
    line = ast.unparse(node).splitlines()[0]
    return line if len(line) <= 60 else line[:57] + "..."


class _Script:
    """The statements under a main guard, and what the names in them stand for."""

    def __init__(self, body, names, module):
        self._body = body
        self._names = names
        self._module = module
        self._bindings = _bindings(body)

    def to_run(self):
        """What declares, and the lines above it that bind what it uses, and what those use; in their order."""
        chosen = set()

        def choose(at):
            if at in chosen:
                return
            chosen.add(at)
            used = _used(self._body[at])
            for earlier in range(at):
                if _bound(self._body[earlier]) & used:
                    choose(earlier)

        for at, statement in enumerate(self._body):
            if self._declares(statement, self._bindings, frozenset()):
                choose(at)
        return [self._body[at] for at in sorted(chosen)]

    def _declares(self, tree, bindings, seen):
        """Whether it, or a function of the file that it calls, calls what declares."""
        for call in ast.walk(tree):
            if not isinstance(call, ast.Call):
                continue
            if isinstance(call.func, ast.Attribute):
                if call.func.attr in _NAMES and self._starts_from_prefect(call.func.value, bindings):
                    return True
            elif isinstance(call.func, ast.Name) and call.func.id not in seen:
                called = self._names.get(call.func.id)
                imported = call.func.id in _NAMES and self._name_is_prefect(call.func.id, bindings, frozenset())
                if imported or _is_function(called) or self._function_declares(called, seen | {call.func.id}):
                    return True
        return False

    def _function_declares(self, function, seen):
        if not inspect.isfunction(function) or function.__module__ != self._module:
            return False
        try:
            tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
        except (OSError, SyntaxError):
            return False
        return self._declares(tree, dict(self._bindings, **_bindings([tree])), seen)

    def _starts_from_prefect(self, node, bindings):
        """Whether an expression is a flow or Prefect itself, or is made from one: `main.with_options(...)`."""
        *beyond, first = _chain(node)
        if any(_is_prefect(self._value(each)) for each in beyond):
            return True
        return isinstance(first, ast.Name) and self._name_is_prefect(first.id, bindings, frozenset())

    def _value(self, node):
        if isinstance(node, ast.Name):
            return self._names.get(node.id)
        return getattr(self._value(node.value), node.attr, None) if isinstance(node, ast.Attribute) else None

    def _name_is_prefect(self, name, bindings, seen):
        if name in bindings and name not in seen:
            return any(self._name_is_prefect(used, bindings, seen | {name}) for used in bindings[name])
        if name == "prefect":
            return True
        value = self._names.get(name)
        values = value.values() if type(value) is dict else value if type(value) in (list, tuple) else [value]
        return any(_is_prefect(each) for each in values)


def _chain(node):
    """`a.b(c).d`, then what it is taken from: `a.b(c)`, `a.b`, `a`."""
    yield node
    while isinstance(node, (ast.Attribute, ast.Call, ast.Subscript, ast.Await)):
        node = node.func if isinstance(node, ast.Call) else node.value
        yield node


def _is_prefect(value):
    return isinstance(value, (flows.Flow, getattr(flows, "FlowDecorator", flows.Flow))) or any(
        value is each for each in (prefect, prefect.flow, flows, runner, flows.Flow)
    )


def _is_function(value):
    return value is not None and any(
        value is getattr(module, name, None) for module in (flows, runner) for name in _NAMES
    )


def _bindings(trees):
    """{name: names that are used where it gets its value} of assignments, loops, imports of Prefect and the like."""
    found = {}
    for node in (node for tree in trees for node in ast.walk(tree)):
        if isinstance(node, (ast.Assign, ast.AnnAssign, ast.NamedExpr)):
            targets, value = getattr(node, "targets", None) or [node.target], node.value
        elif isinstance(node, (ast.For, ast.AsyncFor, ast.comprehension)):
            targets, value = [node.target], node.iter
        elif isinstance(node, ast.withitem) and node.optional_vars is not None:
            targets, value = [node.optional_vars], node.context_expr
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            origins = {alias: getattr(node, "module", None) or alias.name for alias in node.names}
            for alias, origin in origins.items():
                if origin.split(".")[0] == "prefect":
                    found.setdefault((alias.asname or alias.name).split(".")[0], set()).add("prefect")
            continue
        else:
            continue
        for name in set().union(*(_bound(target) for target in targets)):
            found.setdefault(name, set()).update(_used(value) if value is not None else ())
    return found


def _bound(tree):
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            found.add(node.name)
        elif isinstance(node, ast.alias):
            found.add((node.asname or node.name).split(".")[0])
    return found


def _used(tree):
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}


def declaring_call(tree, roots):
    """The first call that declares and starts from one of these names, as the text says it."""
    for call in ast.walk(tree):
        if isinstance(call, ast.Call):
            name = getattr(call.func, "attr", None) or getattr(call.func, "id", None)
            *_, first = _chain(call.func)
            if name in _DECLARING and isinstance(first, ast.Name) and first.id in roots:
                return call
    return None
