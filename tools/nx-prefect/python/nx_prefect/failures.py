"""From an exception at import to an answer that a flow's author can use: what, where, and what to do next."""

import os
import sys
import traceback

from nx_prefect.refusals import NetworkAtImport, RefusedAtImport


def describe(error, recording, path, engine):
    """The `error` of a LoadFailed. `engine.unwrap` takes Prefect's own wrapper off."""
    error = engine.unwrap(error)
    frames = [
        frame for frame in traceback.extract_tb(error.__traceback__) if recording.owns(_absolute(frame, recording))
    ]
    last = frames[-1] if frames else None
    file = recording.relative(_absolute(last, recording)) if last else path
    line = last.lineno if last else None
    if not last and isinstance(error, RefusedAtImport):
        file, line = error.file or path, error.line
    if (
        isinstance(error, SyntaxError)
        and error.filename
        and recording.owns(os.path.join(recording.root, error.filename))
    ):
        file, line = recording.relative(os.path.join(recording.root, error.filename)), error.lineno
    code, what, next_step = _explain(error, recording, path, engine)
    return {
        "code": code,
        "what": what,
        "next": next_step,
        "missing": sorted(recording.missing_in_packages) if code == "import-failed" else [],
        "file": file,
        "line": line,
        "traceback": _own_traceback(error, frames, recording),
        "fullTraceback": "".join(traceback.format_exception(type(error), error, error.__traceback__)),
    }


def _explain(error, recording, path, engine):
    if isinstance(error, RefusedAtImport):
        return error.code, error.what, error.next
    network = _network_cause(error)
    if network:
        return (
            "network-at-import",
            "The file uses the network (%s) while it is loaded." % network.whom,
            "Move the call into the flow or a task: a build has no network, so that it gives the same result "
            "everywhere.",
        )
    if isinstance(error, SyntaxError):
        return "syntax-error", "%s: %s." % (type(error).__name__, error.msg), _syntax_next()
    if isinstance(error, ModuleNotFoundError) and error.name:
        return _module_not_found(error.name, recording, path, engine)
    if isinstance(error, SystemExit):
        return (
            "system-exit",
            "The file ends Python while it is loaded (SystemExit: %s)." % (error.code,),
            'Put what runs as a script under `if __name__ == "__main__":`.',
        )
    missing = recording.missing | recording.missing_in_packages
    if isinstance(error, KeyError) and error.args and error.args[0] in missing:
        return (
            "environment-variable-missing",
            "The file reads the environment variable %s while it is loaded, and the build doesn't have it."
            % error.args[0],
            "Declare it in the option `buildEnv` of this flow's build, or read it inside the flow or a task.",
        )
    return (
        "import-failed",
        "The file raises %s while it is loaded." % _one_line(error).replace(recording.root + os.sep, ""),
        _missing_next(recording)
        + "Fix it there. Code that needs the machine or the time of a run belongs inside the flow or a task.",
    )


def _missing_next(recording):
    """Libraries say in many ways that a variable isn't set."""
    if not recording.missing:
        return ""
    names = ", ".join(sorted(recording.missing))
    return (
        "The file asked for %s, which the build doesn't have: name it in the option `buildEnv` if it is needed. "
        % names
    )


def _module_not_found(name, recording, path, engine):
    top = name.split(".")[0]
    folder = os.path.dirname(os.path.join(recording.root, path))
    if any(os.path.exists(os.path.join(where, top + end)) for where in (folder, recording.root) for end in ("", ".py")):
        return (
            "module-not-found",
            "No module named %s in the code that ships with this flow." % name,
            "Add the file, or take it out of .gitignore: only files that Nx hashes ship.",
        )
    return (
        "module-not-found",
        "The package of `import %s` isn't installed in %s." % (name, sys.executable),
        "Install it there (with uv: `uv add`, then `uv sync`)%s."
        % (
            ", or set `load: static` for this flow, which reads the file without running it"
            if engine.reads_syntax
            else ""
        ),
    )


def _syntax_next():
    return "Fix the line. It was read by Python %d.%d (%s)." % (
        sys.version_info[0],
        sys.version_info[1],
        sys.executable,
    )


def _network_cause(error):
    """Libraries wrap what the network guard raised: look through causes and contexts."""
    seen = set()
    while error is not None and id(error) not in seen:
        if isinstance(error, NetworkAtImport):
            return error
        seen.add(id(error))
        # httpx and anyio keep the reason one level down, in groups.
        for inner in getattr(error, "exceptions", ()):
            found = _network_cause(inner) if isinstance(inner, BaseException) else None
            if found:
                return found
        error = error.__cause__ or error.__context__
    return None


def _one_line(error):
    lines = "".join(traceback.format_exception_only(type(error), error)).strip().splitlines()
    return lines[0][:300] if lines else type(error).__name__


def _own_traceback(error, frames, recording):
    shown = [
        traceback.FrameSummary(
            recording.relative(_absolute(frame, recording)), frame.lineno, frame.name, line=frame.line
        )
        for frame in frames
    ]
    text = "".join(traceback.format_list(shown) + traceback.format_exception_only(type(error), error))
    return text.replace(recording.root + os.sep, "").rstrip() if shown or isinstance(error, SyntaxError) else ""


def _absolute(frame, recording):
    """`<frozen os>` and `<string>` are nobody's files."""
    return frame.filename if frame.filename.startswith("<") else os.path.join(recording.root, frame.filename)
