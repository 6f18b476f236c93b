"""
The pull steps of one entry of `deployments` in a `prefect.yaml`, as `prefect deploy` sends them: their placeholders
stay, for the worker to fill. What a build or push step would have put in is the exception: nobody runs those here.
"""

from nx_prefect.prefect3_deploy_code import as_json
from nx_prefect.prefect3_yaml_entry import Refused, names_in, title

#: What a worker fills by itself; every other name is the output of a step.
_OF_WORKERS = ("$", "prefect.", "ctx.")


def pull_of(entry, document):
    """{steps, unfilled}, or None for an entry without pull steps. @raises Refused, with the entry's name"""
    steps = entry.get("pull") if entry.get("pull") is not None else document.get("pull")
    if steps is None:
        return None
    if not isinstance(steps, list) or not all(_is_step(each) for each in steps):
        what = "The deployment %s can't be read: pull is no list of steps." % title(entry)
        raise Refused(what, "Write each step as a list item: - prefect.deployments.steps.git_clone: {...}.")
    steps = as_json([step for step in steps if step])
    return {"steps": steps, "unfilled": _unfilled(steps, entry, document)}


def _is_step(step):
    """Prefect skips empty ones."""
    return not step or (isinstance(step, dict) and len(step) == 1 and isinstance(list(step.values())[0], dict))


def _unfilled(steps, entry, document):
    elsewhere = set()
    for part in (document, entry):
        for kind in ("build", "push"):
            for step in part.get(kind) or []:
                inputs = list(step.values())[0] if isinstance(step, dict) and step else None
                elsewhere.add(inputs.get("id") if isinstance(inputs, dict) else None)
    own = {list(step.values())[0].get("id") for step in steps}
    for name in names_in(steps):
        step = name.split(".")[0]
        if not name.startswith(_OF_WORKERS) and step in elsewhere - own:
            return name
    return None
