"""
The deployments that `prefect.yaml` files declare of one flow file, read by PyYAML and evaluated by Prefect's own code.

A file that can't be read, or an entry that Prefect refuses, is a refusal of the flows that it names, and of no others.
"""

import posixpath

import yaml

from nx_prefect import prefect3_yaml_entry, prefect3_yaml_pull
from nx_prefect.prefect3_deploy_code import deploy_code
from nx_prefect.prefect3_yaml_entry import Refused, one_line, title


def warm():
    """In the process that forks: what every flow with a file would do again."""
    try:
        deploy_code()
    except Exception:  # noqa: B902 - each flow that needs it says so
        return


def read_declarations(files, path):
    """([{file, attribute, fields}, {file, refusal} or {file, unmatched}], warnings) of a flow file that has not run."""
    declared, warnings = [], []
    for each in files:
        found, said = _declarations_of(each["file"], each["text"], path, each.get("others", []))
        declared += found
        warnings += said
    return declared, warnings


def _declarations_of(file, text, path, others):
    document, reason = _parsed(text)
    if reason:
        return ([_refusal(file, "The file can't be read: %s." % reason)] if _concerns(file, text, path) else []), []
    own, declared, warnings = [], [], []
    for entry in document.get("deployments") or []:
        attribute, other = _match(entry, file, path, others)
        if other is None:
            own.append(entry)
            declaration, unused = _declaration(entry, attribute, document, file)
            declared.append(declaration)
            warnings += unused
        elif other:
            note = _note(entry, other, path)
            declared.append({"file": file, "unmatched": note})
            warnings.append("%s: %s" % (file, note))
    for step in ("build", "push"):
        if own and any(part.get(step) for part in [document] + own):
            warnings.append('%s: its "%s" steps are not run; nx-prefect ships the code itself.' % (file, step))
    return declared, warnings


def _declaration(entry, attribute, document, file):
    try:
        fields, unused = prefect3_yaml_entry.evaluate(entry, document)
        pull = prefect3_yaml_pull.pull_of(entry, document)
    except Refused as error:
        return _refusal(file, error.what, error.next), []
    declared = {"file": file, "attribute": attribute, "fields": fields}
    if pull is not None:
        declared["pull"] = pull
    return declared, ["%s: %s" % (file, each) for each in unused]


def _concerns(file, text, path):
    """Nothing tells what a broken file declares: one at the root concerns the flows that its text mentions."""
    beside = posixpath.dirname(file) == posixpath.dirname(path)
    return beside or path in text or _module(path) in text


def _refusal(file, what, next_step="Correct it; `prefect deploy` reads the same format."):
    return {"file": file, "refusal": {"what": what, "next": next_step}}


def _parsed(text):
    """(document, None), or (None, why it can't be read)."""
    try:
        # The pure Python loader, as Prefect's: libyaml takes other files.
        document = yaml.safe_load(text)
    except RecursionError:
        return None, "it is nested too deeply"
    except Exception as error:  # noqa: B902 - PyYAML raises ValueError and others for timestamps, binary and numbers
        return None, one_line(error)
    if document is None:
        return {}, None
    if not isinstance(document, dict):
        return None, "it is not a mapping"
    if not isinstance(document.get("deployments") or [], list):
        return None, "deployments: it is not a list"
    return document, None


def _match(entry, file, path, others):
    """
    (attribute, None) of an entry of this flow file; else (None, what it names), which is empty for what is far, and for
    flows of their own (`others`).
    """
    folder, flow_folder = posixpath.dirname(file), posixpath.dirname(path)
    beside = folder == flow_folder and others is not None
    entrypoint = entry.get("entrypoint") if isinstance(entry, dict) else str(entry)
    if not entrypoint:
        return None, None if beside else ""
    if not isinstance(entrypoint, str) or not isinstance(entry, dict):
        return None, str(entrypoint)[:100] if beside else ""
    named, attribute = _split(entrypoint)
    candidates = [posixpath.normpath(posixpath.join(folder, named)), posixpath.normpath(named)]
    # A module's name, below the folder in which an installation finds it.
    if path in candidates or (others is None and ".py" not in entrypoint and path.endswith("/" + named)):
        return attribute, None
    if others is None or any(each in others for each in candidates):
        return None, ""
    # `flows.p.f.flow.Demo.run`: a module path that names no module.
    inside = entrypoint.startswith(_module(path) + ".")
    near = beside or inside or flow_folder in [posixpath.dirname(each) for each in candidates]
    return None, entrypoint if near else ""


def _split(entrypoint):
    """`flow.py:main`, `flow.py:Demo.run`, `pkg.flow:main`, `pkg.flow.main`: as Prefect's `import_object` does."""
    if ".py:" in entrypoint:
        file, _, attribute = entrypoint.rpartition(":")
        return file, attribute
    if entrypoint.endswith(".py"):
        return entrypoint, None
    separator = ":" if ":" in entrypoint else "."
    module, _, attribute = entrypoint.rpartition(separator)
    return module.replace(".", "/") + ".py", attribute


def _module(path):
    return path[: -len(".py")].replace("/", ".")


def _note(entry, other, path):
    return "the deployment %s names %s, which is not %s; it is not registered." % (title(entry), other, path)
