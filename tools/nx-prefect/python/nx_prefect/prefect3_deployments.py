"""
Deployments made in code: what the source really declares, under REST names, with the values that Prefect made of it.
"""

import re

from prefect.client.schemas.actions import DeploymentScheduleCreate, DeploymentScheduleUpdate
from prefect.client.schemas import objects
from prefect.deployments.runner import RunnerDeployment
from prefect.utilities import annotations
from pydantic_core import PydanticSerializationError, to_jsonable_python

from nx_prefect.refusals import RefusedAtImport
from nx_prefect.values import not_finite, not_finite_refusal

# Argument of to_deployment -> REST name, where they are the same word.
_PLAIN = (
    "name",
    "description",
    "version",
    "tags",
    "parameters",
    "enforce_parameter_schema",
    "paused",
    "work_pool_name",
    "work_queue_name",
    "job_variables",
)
#: What only Prefect Cloud keeps.
_UNMANAGED = ("version_type", "_sla")
#: Prefect 3.0 knows the number alone.
_LIMIT_WITH_OPTIONS = getattr(objects, "ConcurrencyLimitConfig", ())
#: Nor does it know these.
_FROZEN = getattr(annotations, "freeze", ())
_SCHEDULES = ("interval", "cron", "rrule", "schedule", "schedules")


def note(recording, made, arguments):
    """Called by the hooks. Keeps the values as they are now: code may change the object afterwards."""
    if isinstance(made, RunnerDeployment):
        arguments = dict(arguments, __initial__=_values(made), __where__=recording.user_line())
    recording.note(made, arguments)


def held_by(module):
    """[(where, RunnerDeployment)] of a module's attributes, also in lists, tuples and dicts."""
    return [found for attribute, value in list(vars(module).items()) for found in _held(attribute, value, 0)]


def read_deployments(held, file, attributes, recording):
    """([DeploymentObject], warnings) of [(where, RunnerDeployment)] of one file, relative to the copy."""
    names = {id(flow): attribute for attribute, flow in attributes}
    deployments, warnings = [], []
    for where, deployment in held:
        given = recording.given(deployment) or {}
        deployments.append(
            {
                "attribute": where,
                "file": file,
                "flowAttribute": names.get(id(given.get("flow"))),
                "flowName": deployment.flow_name,
                "parameterOpenapiSchema": _own_schema(deployment, given),
                "fields": _fields(deployment, given, recording),
            }
        )
        if deployment.triggers:
            warnings.append(
                "%s has triggers: they become automations, which nx-prefect doesn't register. Create them with "
                "`prefect automation create`." % where
            )
        for name in _UNMANAGED:
            if given.get(name) is not None:
                warnings.append("%s of %s is not managed; set it with Prefect's own tools." % (name, where))
    return deployments, warnings


def _own_schema(deployment, given):
    """A frozen parameter is read-only in its deployment's schema; None where the schema is that of the flow."""
    if any(isinstance(value, _FROZEN) for value in (given.get("parameters") or {}).values()):
        return deployment._parameter_openapi_schema.model_dump(mode="json", exclude_unset=True)
    return None


def unbound_deployments(held, file, attributes, recording):
    """A warning for each deployment that the file made and that is not among those held."""
    flows = {id(flow): attribute for attribute, flow in attributes}
    known = {id(deployment) for _, deployment in held}
    warnings = []
    for made in recording.made:
        if isinstance(made, RunnerDeployment) and id(made) not in known:
            known.add(id(made))
            given = recording.given(made)
            where, _, line = (given["__where__"] or "").rpartition(":")
            if where == recording.relative(file):
                warnings.append(
                    'to_deployment("%s") at line %s is bound to no name, so it is not registered; write %s = '
                    '%s.to_deployment(...).'
                    % (made.name, line, re.sub(r"\W|^(?=\d)", "_", made.name), flows.get(id(given.get("flow")), "flow"))
                )
    return warnings


def _held(where, value, depth):
    if isinstance(value, RunnerDeployment):
        yield where, value
    elif depth < 3 and type(value) in (list, tuple, dict):
        pairs = value.items() if type(value) is dict else enumerate(value)
        for key, item in pairs:
            for found in _held("%s[%r]" % (where, key), item, depth + 1):
                yield found


def _fields(deployment, given, recording):
    now = _values(deployment)
    initial = given.get("__initial__", {})
    declared = {name for name in _PLAIN if _is_given(given, name)}
    if any(_is_given(given, name) for name in _SCHEDULES):
        declared.add("schedules")
    if "concurrency_limit" in given:
        declared.add("concurrency_limit")
        if isinstance(given["concurrency_limit"], _LIMIT_WITH_OPTIONS):
            declared.add("concurrency_options")
    # Set on the object after it was made, or made in a way that no hook saw.
    changed = (
        {name for name in now if now[name] != initial.get(name)} if initial else deployment.model_fields_set & set(now)
    )
    fields = {name: now[name] for name in now if name in declared | changed}
    if "tags" in fields:
        fields["tags"] = list(dict.fromkeys(fields["tags"]))
    if "schedules" in fields:
        fields["schedules"] = _schedules(deployment, given, recording)
    return fields


def _is_given(given, name):
    # An empty version or description makes Prefect take the flow's.
    empty_is_absent = name in ("version", "description")
    return name in given and given[name] is not None and (bool(given[name]) or not empty_is_absent)


def _values(deployment):
    names = _PLAIN + ("schedules", "concurrency_limit", "concurrency_options")
    try:
        values = deployment.model_dump(mode="json", include=set(names))
    except PydanticSerializationError as error:
        raise _not_json(deployment) or error
    for where, value in _free_values(deployment):
        found = not_finite(value, where)
        if found:
            raise not_finite_refusal(found)
    return values


def _not_json(deployment):
    for where, value in _free_values(deployment):
        try:
            to_jsonable_python(value)
        except PydanticSerializationError as error:
            what = "%s can't be written as JSON: %s." % (where, error)
            return RefusedAtImport(
                "parameter-not-json",
                what,
                "Pass a JSON value: text, a number, a list or a dict of these, True, False or None.",
            )
    return None


def _free_values(deployment):
    """(name for the user, value) of each value that may be anything."""
    sources = [("parameters", deployment.parameters), ("job_variables", deployment.job_variables)]
    for number, schedule in enumerate(deployment.schedules or []):
        sources.append(("schedules[%d].parameters" % number, getattr(schedule, "parameters", None)))
    for source, values in sources:
        for name, value in (values or {}).items():
            yield 'The deployment "%s": %s.%s' % (deployment.name, source, name), value


def _schedules(deployment, given, recording):
    """One DeclaredSchedule for each that Prefect made, beside the argument that it was made from."""
    if given.get("schedules") is not None:
        sources = list(given["schedules"])
    else:
        sources = [given["schedule"]] if given.get("schedule") is not None else []
    made = list(deployment.schedules or [])
    # cron=, interval= and rrule= give nothing but the schedule itself.
    sources = sources if len(sources) == len(made) else [None] * len(made)
    return [_schedule(each, _given_of(source, recording)) for each, source in zip(made, sources)]


def _given_of(source, recording):
    """Which fields beside `schedule` the source gave."""
    if isinstance(source, (DeploymentScheduleCreate, DeploymentScheduleUpdate)):
        return source.model_fields_set
    if isinstance(source, dict):
        # Prefect takes `active` from the dict only when the schedule is no Schedule with one of its own.
        inner = recording.given(source.get("schedule"))
        return set(source if inner is None else inner)
    return set(recording.given(source) or ())


def _schedule(made, given):
    dumped = made.model_dump(mode="json")
    declared = {"schedule": {name: value for name, value in dumped["schedule"].items() if value is not None}}
    for name in ("active", "slug", "parameters", "max_scheduled_runs", "replaces"):
        if name in given and dumped.get(name) is not None:
            declared[name] = dumped[name]
    return declared
