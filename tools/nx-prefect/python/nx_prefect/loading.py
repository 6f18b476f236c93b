"""One request, one answer: the file is loaded twice, and what it declares must be the same both times."""
import json
import os
import sys

from nx_prefect import failures
from nx_prefect.comparison import differences, holding
from nx_prefect.isolation import Isolated
from nx_prefect.recording import Recording
from nx_prefect.shadows import look
from nx_prefect.values import LARGEST, too_large


_ANCHOR = "Give the schedule an anchor: `schedule=Interval(seconds, anchor_date=datetime(2024, 1, 1, tzinfo=timezone.utc))`."


def answer(request, engine, baseline, channel):
    """The reply to one LoadRequest. Never raises: whatever a flow does is that flow's failure."""
    root = os.path.realpath(request["root"])
    path = request["path"]
    identity = {"id": request["id"]}
    own_process, shadowed = look(root, path, baseline)
    if own_process or baseline.tainted:
        return dict(identity, ownProcess=True)
    channel.begin()
    recording = Recording(root)
    try:
        result = _load(request, root, engine, baseline, recording)
        # What the second load prints says nothing new.
        output = channel.output()
        second = _load(request, root, engine, baseline, Recording(root))
        if result.get("pickles"):
            with Isolated(root, request["env"], baseline):
                engine.verify(result)
    except BaseException as error:  # noqa: B902 - also SystemExit and KeyboardInterrupt of the file
        described = failures.describe(error, recording, path, engine)
        return dict(identity, ok=False, error=described, output=channel.output())
    finally:
        channel.end()
    refused = _refusal(request, result, second, root, engine)
    if refused:
        return dict(identity, ok=False, error=dict(refused, file=path, traceback="", fullTraceback=""), output=output)
    return dict(
        identity,
        ok=True,
        engine=engine.name,
        environmentRead=sorted(recording.environment),
        output=output,
        **dict(result, warnings=shadowed + result["warnings"] + engine.todays(_declared(result, engine)) + _network_warnings(recording))
    )


def _load(request, root, engine, baseline, recording):
    with recording, Isolated(root, request["env"], baseline):
        # To JSON and back at once: what is compared is what is sent, and no object of the flow outlives its modules.
        return json.loads(json.dumps(engine.read(request, recording)))


def _refusal(request, first, second, root, engine):
    declared = _declared(first, engine)
    different = differences(declared, _declared(second, engine))
    if different:
        more = "" if len(different) == 1 else " (and %d more: %s)" % (len(different) - 1, ", ".join(different[1:4]))
        anchor = any(path.endswith("anchor_date") for path in different)
        return {
            "code": "not-deterministic",
            "what": "%s differs between two loads of the same file%s." % (different[0], more),
            "next": _ANCHOR
            if anchor
            else "Take the clock, random numbers and object addresses out of it: compute them inside the flow.",
            "line": _line(first, different[0]),
        }
    start = engine.start_at_load(first)
    if start:
        return {
            "code": "not-deterministic",
            "what": "%s is the time at which the file is loaded: every build would give another one." % start,
            "next": _ANCHOR if start.endswith("anchor_date") else "Write the start as text (`DTSTART:20240101T000000`), or leave it out.",
            "line": None,
        }
    large = too_large(declared)
    if large:
        return {
            "code": "integer-too-large",
            "what": "%s is %d: JSON readers round integers beyond 2**53 - 1 (%d) silently." % (large + (LARGEST,)),
            "next": "Pass it as text (`str`), and convert it inside the flow.",
            "line": _line(first, large[0]),
        }
    found = holding(declared, _machine_paths(request["root"], root))
    if found:
        return {
            "code": "absolute-path",
            "what": "%s holds an absolute path of this machine." % found[0],
            "next": "Make it relative (a parameter's default can be None, and the path be computed inside the flow).",
            "line": _line(first, found[0]),
        }
    return None


def _declared(result, engine):
    return {key: result[key] for key in engine.declared}


def _machine_paths(given, root):
    """The shipped copy under both its names, the temporary home, and the virtual environment."""
    places = [given, root, os.environ["HOME"], os.path.realpath(os.environ["HOME"])]
    if sys.prefix != sys.base_prefix:
        places.append(sys.prefix)
    both = [place.rstrip("/\\") for place in places] + [place.rstrip("/\\").replace("\\", "/") for place in places]
    return [place for place in dict.fromkeys(both) if place]


def _line(result, path):
    """The line of the flow that a path like `flows[2].name` is about."""
    if path.startswith("flows["):
        return result["flows"][int(path[6:path.index("]")])]["line"]
    return None


def _network_warnings(recording):
    """Attempts that the file survived: it caught the error and went on with another value."""
    return [
        "%s asks the network (%s) while the file is loaded. The build has none, and records what the file does without an answer."
        % (where, whom)
        for where, whom in dict.fromkeys(recording.network)
        if where
    ]
