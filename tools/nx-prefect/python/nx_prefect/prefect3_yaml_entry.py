"""
One entry of `deployments` in a `prefect.yaml`, evaluated as `prefect deploy` does: by its models, then by the objects
that it would send. Placeholders stay as they are, for `register` to fill: a typed field that holds one is left out of
what Prefect's code sees, and its raw value is put back.
"""

import json
import re

from nx_prefect import prefect3_deploy_code
from nx_prefect.prefect3_deploy_code import deploy_code
from nx_prefect.values import LARGEST, not_finite, too_large

#: As in `prefect.utilities.templating`.
_PLACEHOLDER = re.compile(r"{{\s*([\w\.\-\[\]$]+)\s*}}")
#: What `register`, or the worker of a run, fills.
_FILLED = ("$", "prefect.variables.", "prefect.blocks.", "ctx.")
#: Fields whose type admits no placeholder.
_TYPED = ("paused", "enforce_parameter_schema", "concurrency_limit")
_STEPS = ("build", "push", "pull")
_WORDS = ("name", "entrypoint", "flow_name", "version", "description", "tags", "parameters")
_KNOWN = frozenset(_STEPS + _TYPED + _WORDS + ("schedule", "schedules", "work_pool"))
_WORK_POOL = ("name", "work_queue_name", "job_variables")
_TIMES = ("cron", "interval", "rrule")
_SCHEDULE = _TIMES + ("timezone", "anchor_date", "day_or", "active", "parameters", "slug", "replaces")
#: Values of an entry, each alias counted each time: an entry has some hundred.
_MOST = 100000


class Refused(Exception):
    def __init__(self, what, next_step="Correct it; `prefect deploy` reads the same format."):
        super().__init__(what)
        self.what = what
        self.next = next_step


def title(entry):
    name = entry.get("name") if isinstance(entry, dict) else None
    return json.dumps(name if isinstance(name, (str, int, float, bool)) else None, ensure_ascii=False)


def one_line(error):
    """Errors of pydantic and PyYAML have many lines: where, and what."""
    errors = getattr(error, "errors", None)
    if callable(errors):
        try:
            return _first_of_each(errors())
        except Exception:  # noqa: B902 - an error of somebody else that has `errors`
            pass
    text = " ".join(str(error).split()) or type(error).__name__
    return text[:300].rstrip(".")


def _first_of_each(errors):
    """A union says for each of its types why it was not that one: the first is the one that is meant."""
    found = {}
    for each in errors:
        names = [str(part) for part in each["loc"] if not re.search(r"[A-Z(\[]", str(part))]
        given = each.get("input")
        value = " (it is %s)" % given if isinstance(given, (str, int, float)) and len(str(given)) < 100 else ""
        found.setdefault(tuple(names[:2]), "%s%s%s" % (".".join(names) + ": " if names else "", each["msg"], value))
    return "; ".join(found.values())[:500]


def evaluate(entry, document):
    """(fields under REST names, what of the entry is not used). @raises Refused, with the entry's name"""
    try:
        _measure(entry)
        _refuse_steps_output(entry, document)
        _refuse_numbers(entry)
        return _fields(entry), _unused(entry)
    except Refused as error:
        raise Refused("The deployment %s can't be read: %s" % (title(entry), error.what), error.next)
    except RecursionError:
        raise Refused("The deployment %s can't be read: it is nested too deeply." % title(entry))
    except Exception as error:  # noqa: B902 - whatever Prefect refuses
        raise Refused("The deployment %s can't be read: %s." % (title(entry), one_line(error)))


def _fields(entry):
    code = deploy_code()
    held = {name: entry[name] for name in _TYPED if names_in(entry.get(name))}
    # Refuses `schedule` beside `schedules`; `schedule: {}` of Prefect's templates does not count as one.
    scheduled = code.one_way_to_schedule({name: entry[name] for name in ("schedule", "schedules") if name in entry})
    schedules = scheduled.get("schedules")
    listed = schedules if isinstance(schedules, list) else []
    templated = [isinstance(each, dict) and bool(names_in(each)) for each in listed]
    apart = set(held) | {"schedule", "schedules"}
    checked = {name: value for name, value in entry.items() if name not in apart}
    if isinstance(schedules, list):
        checked["schedules"] = [each for each, is_templated in zip(listed, templated) if not is_templated]
    elif schedules is not None:
        checked["schedules"] = schedules
    config = code.validated(checked)
    pool = config.get("work_pool") or {}
    sent = _sent(code, config, pool)
    given = {
        "name": config.get("name"),
        "description": config.get("description") or None,
        "version": config.get("version") or None,
        "tags": sent["tags"] if config.get("tags") is not None else None,
        "parameters": config.get("parameters"),
        "enforce_parameter_schema": config.get("enforce_parameter_schema"),
        "paused": sent["paused"] if config.get("paused") is not None else None,
        "concurrency_limit": sent["concurrency_limit"],
        "concurrency_options": sent["concurrency_options"],
        "work_pool_name": pool.get("name"),
        "work_queue_name": pool.get("work_queue_name"),
        "job_variables": pool.get("job_variables"),
    }
    given.update(_held_fields(held))
    if isinstance(schedules, list):
        plain = iter(config["schedules"])
        given["schedules"] = [
            _templated_schedule(each) if is_templated else code.schedule(next(plain))
            for each, is_templated in zip(listed, templated)
        ]
    return {name: value for name, value in given.items() if value is not None}


def _sent(code, config, pool):
    """What Prefect's own object makes of the values; placeholders in text pass through it."""
    limit = config.get("concurrency_limit")
    options = None
    if isinstance(limit, dict):
        options = {"collision_strategy": limit.get("collision_strategy")}
        if limit.get("grace_period_seconds") is not None:
            options["grace_period_seconds"] = limit["grace_period_seconds"]
        limit = limit.get("limit")
        if "concurrency_options" not in code.deployment.model_fields:
            raise Refused("concurrency_limit is a mapping, and this version of Prefect takes a number.")
    tags = config.get("tags")
    if isinstance(tags, str) and not names_in(tags):
        raise Refused("tags is text, and Prefect would make a tag of each letter.", "Write a list: tags: [%s]." % tags)
    if "tags" in config and tags is None:
        raise Refused("tags is null.", "Write a list, or leave it out.")
    name = config.get("name")
    deployment = code.deployment(
        name="name" if name is None or names_in(name) else name,
        flow_name="flow",
        entrypoint="flow.py:main",
        parameters=config.get("parameters", {}),
        description=config.get("description"),
        version=config.get("version") or None,
        tags=[] if isinstance(tags, str) else config.get("tags", []),
        concurrency_limit=limit,
        concurrency_options=options,
        paused=config.get("paused"),
        work_pool_name=pool.get("name"),
        work_queue_name=pool.get("work_queue_name"),
        job_variables=pool.get("job_variables", {}),
    )
    made = deployment.model_dump(
        mode="json", include={"tags", "paused", "concurrency_limit", "concurrency_options"}, exclude_none=True
    )
    return {
        "tags": tags if isinstance(tags, str) else made["tags"],
        "paused": made.get("paused"),
        "concurrency_limit": made.get("concurrency_limit"),
        "concurrency_options": made.get("concurrency_options"),
    }


def _held_fields(held):
    fields = {name: value for name, value in held.items() if name != "concurrency_limit"}
    limit = held.get("concurrency_limit")
    if isinstance(limit, dict):
        fields["concurrency_limit"] = limit.get("limit")
        names = ("collision_strategy", "grace_period_seconds")
        options = {name: limit[name] for name in names if limit.get(name) is not None}
        fields["concurrency_options"] = options or None
    elif limit is not None:
        fields["concurrency_limit"] = limit
    return fields


def _templated_schedule(raw):
    """A schedule with a placeholder, under REST names; `register` fills it, and the server judges it."""
    raw = prefect3_deploy_code.as_json(raw)
    unknown = [name for name in raw if name not in _SCHEDULE]
    if unknown:
        raise Refused("schedules: %s is not known." % unknown[0])
    if sum(raw.get(name) is not None for name in _TIMES) != 1:
        raise Refused("schedules: exactly one of cron, interval and rrule must be given.")
    body = {name: raw[name] for name in _TIMES + ("timezone", "anchor_date", "day_or") if raw.get(name) is not None}
    declared = {name: raw[name] for name in ("active", "parameters", "slug", "replaces") if raw.get(name) is not None}
    return dict(declared, schedule=body)


def _unused(entry):
    known = "%s of the deployment " + title(entry) + " is not managed; set it with Prefect's own tools."
    names = [str(name) for name in entry if name not in _KNOWN]
    if isinstance(entry.get("work_pool"), dict):
        names += ["work_pool.%s" % name for name in entry["work_pool"] if name not in _WORK_POOL]
    taken = deploy_code().words(_SCHEDULE)
    for number, schedule in enumerate(entry.get("schedules") or [entry.get("schedule")]):
        if isinstance(schedule, dict):
            names += ["schedules[%d].%s" % (number, name) for name in schedule if name not in taken]
    return [known % ('"%s"' % name) for name in names]


def _measure(value):
    """Refuses what no JSON can hold, before anything walks through it: cycles, and aliases of aliases."""
    left = [_MOST]

    def walk(value, above):
        left[0] -= 1
        if left[0] < 0:
            raise Refused("with its aliases it has more than %d values." % _MOST)
        if isinstance(value, (dict, list)):
            if id(value) in above:
                raise Refused("an alias lies inside its own anchor.")
            for item in list(value.values()) if isinstance(value, dict) else value:
                walk(item, above | {id(value)})

    walk(value, frozenset())


def names_in(value):
    """The placeholders of a value, as they stand in it."""
    if isinstance(value, str):
        return _PLACEHOLDER.findall(value)
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [name for item in items for name in names_in(item)]


def _refuse_steps_output(entry, document):
    """`{{ build-image.image }}` is what a step would give, and no step is run: nothing would ever fill it."""
    shown = {name: value for name, value in entry.items() if name in _KNOWN and name not in _STEPS}
    for name in names_in(shown):
        if not name.startswith(_FILLED):
            step = name.split(".")[0]
            has_steps = any(part.get(each) for part in (entry, document) for each in _STEPS)
            said = ": no build or push step is run here" if has_steps else ""
            counterpart = (
                'The option `jobVariables` can name an image: `image: {"projectOf": "<project>"}`; '
                if name.endswith(("image", "tag"))
                else ""
            )
            raise Refused(
                "the placeholder {{ %s }} is the output of a step (%s), which has no value here%s."
                % (name, step, said),
                counterpart + "`{{ $NAME }}` takes it from the environment of register, for example {{ $GIT_SHA }}.",
            )


def _refuse_numbers(entry):
    large = too_large(entry)
    if large:
        what = "%s is %d: JSON readers round integers beyond 2**53 - 1 (%d)." % (large + (LARGEST,))
        raise Refused(what, "Write it as text, in quotes.")
    found = not_finite(entry, "")
    if found:
        what = "%s is %s: JSON has no such number." % (found[0].lstrip("."), found[1])
        raise Refused(what, "Write it as text, in quotes.")
