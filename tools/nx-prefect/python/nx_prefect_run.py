"""
Runs a flow here and now, with the values that somebody typed: nx run <flow>:run. Standard input is JSON: the
entrypoint `flows/p/f/flow.py:main` below the working directory, and the parameters as text.
"""
import functools
import importlib.util
import inspect
import json
import sys


def main():
    request = json.load(sys.stdin)
    path, name = request["entrypoint"].rsplit(":", 1)
    # Modules beside this script are none of the flow's.
    sys.path.pop(0)
    # By Prefect 3's name for a file that is not imported; Prefect before 3 has no loader of entrypoints.
    spec = importlib.util.spec_from_file_location("__prefect_loader__", path)
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return _run(functools.reduce(getattr, name.split("."), module), request["parameters"])


def _run(flow, given):
    is_prefect3 = hasattr(flow, "fn")
    if is_prefect3:
        known = dict(inspect.signature(flow.fn).parameters)
        is_typed = {one: parameter.annotation is not parameter.empty for one, parameter in known.items()}
    else:
        is_typed = {parameter.name: False for parameter in flow.parameters()}
    unknown = sorted(set(given) - set(is_typed))
    if unknown:
        names = ", ".join(sorted(is_typed)) or "none"
        sys.exit("The flow has no parameter %s. Its parameters: %s." % (", ".join(unknown), names))
    values = {one: _value(text, is_typed[one]) for one, text in given.items()}
    if not is_prefect3:
        return flow.run(parameters=values, run_on_schedule=False).is_successful()
    result = flow(**values)
    if inspect.isawaitable(result):
        import asyncio

        asyncio.run(_awaited(result))
    return True


async def _awaited(result):
    return await result


def _value(text, is_typed):
    """Lists, objects and null are JSON. The rest of what is typed stays text for Prefect's own validation."""
    if not isinstance(text, str) or (is_typed and not text.startswith(("[", "{")) and text != "null"):
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
