"""One request, one answer: what a flow file declares, or why that can't be registered."""

import os
import sys

from nx_prefect import failures
from nx_prefect.leaves import holding
from nx_prefect.recording import Recording
from nx_prefect.shadows import shadowed
from nx_prefect.values import LARGEST, too_large


def answer(request, engine):
    """The LoadReply to one LoadRequest. Whatever a flow does is that flow's failure."""
    root = os.path.realpath(request["root"])
    path = request["path"]
    recording = Recording(root, request.get("script"))
    try:
        if "pickles" in request:
            engine.verify(request["pickles"])
            return {"ok": True}
        hidden = shadowed(root, path, engine.baseline)
        with recording:
            result = engine.read(request, recording)
        refused = _refusal(request, result, root, engine)
    except BaseException as error:  # noqa: B902 - also SystemExit and KeyboardInterrupt of the file
        return {"ok": False, "error": failures.describe(error, recording, path, engine)}
    if refused:
        return {"ok": False, "error": dict(refused, file=path, traceback="", fullTraceback="")}
    return dict(
        result,
        ok=True,
        engine=engine.name,
        environmentRead=sorted(recording.environment),
        opened=[{"path": path, "what": what} for path, what in recording.opened.items()],
        unregistered=result["warnings"],
        warnings=hidden + _network_warnings(recording),
    )


def _refusal(request, result, root, engine):
    declared = {key: result[key] for key in engine.declared}
    large = too_large(declared)
    if large:
        return {
            "code": "integer-too-large",
            "what": "%s is %d: JSON readers round integers beyond 2**53 - 1 (%d) silently." % (large + (LARGEST,)),
            "next": "Pass it as text (`str`), and convert it inside the flow.",
            "line": _line(result, large[0]),
        }
    found = holding(declared, _machine_paths(request["root"], root))
    if found:
        return {
            "code": "absolute-path",
            "what": "%s holds an absolute path of this machine." % found[0],
            "next": "Make it relative (a parameter's default can be None, and the path be computed inside the flow).",
            "line": _line(result, found[0]),
        }
    return None


def _machine_paths(given, root):
    """The shipped copy under both its names, the folder of home and temporary files, and the virtual environment."""
    places = [given, root, os.path.dirname(os.environ["HOME"])]
    if sys.prefix != sys.base_prefix:
        places.append(sys.prefix)
    both = [place.rstrip("/\\") for place in places] + [place.rstrip("/\\").replace("\\", "/") for place in places]
    return [place for place in dict.fromkeys(both) if place]


def _line(result, path):
    """The line of the flow that a path like `flows[2].name` is about."""
    if path.startswith("flows["):
        return result["flows"][int(path[6 : path.index("]")])]["line"]
    return None


def _network_warnings(recording):
    """Attempts that the file survived: it caught the error and went on with another value."""
    return [
        "%s uses the network (%s) while the file is loaded. The build has none, and records what the file does "
        "without it." % (where, whom)
        for where, whom in dict.fromkeys(recording.network)
        if where
    ]
