"""
The code of `prefect deploy` that evaluates a `prefect.yaml`. It is private and moves between versions of Prefect 3:
whatever is missing is replaced by the public models that it would use.
"""

import sys
from importlib import import_module

from prefect.client.schemas.actions import DeploymentScheduleCreate
from prefect.client.schemas.schedules import CronSchedule, IntervalSchedule, RRuleSchedule
from prefect.deployments.runner import RunnerDeployment
from pydantic_core import to_jsonable_python

#: 3.8 has modules, 3.0 one of them.
_PLACES = ("_models", "_config", "_schedules")
_made = []


def deploy_code():
    if not _made:
        known = set(sys.modules)
        _made.append(_DeployCode())
        # A flow finds the modules that it would find where it runs, where nobody deploys.
        for name in set(sys.modules) - known:
            del sys.modules[name]
    return _made[0]


def as_json(value):
    """Dates, null keys and what else YAML knows, as Prefect writes them."""
    return to_jsonable_python(value)


class _DeployCode:
    deployment = RunnerDeployment

    def __init__(self):
        self._model = _private("DeploymentConfig")
        if self._model is not None:
            # Its module, which it looks its types up in, goes away below.
            self._model.model_rebuild()
        self._one_way = _private("_handle_deprecated_schedule_fields")
        self._to_schedule = _private("_schedule_config_to_deployment_schedule") or _public_schedule

    def validated(self, entry):
        """The entry as Prefect's model of it gives it: types checked, values as JSON, only what was given."""
        if self._model is None:
            return as_json(entry)
        return self._model.model_validate(entry).model_dump(exclude_unset=True, mode="json")

    def one_way_to_schedule(self, entry):
        if self._one_way is not None:
            return self._one_way(entry)
        if entry.get("schedule") and "schedules" in entry:
            raise ValueError("Both 'schedule' and 'schedules' keys are present")
        return {"schedules": [entry["schedule"]]} if entry.get("schedule") else entry

    def words(self, of_a_schedule):
        """The words of a schedule that this version of Prefect accepts. 3.0 has fewer."""
        if self._model is not None:
            return of_a_schedule
        fields = DeploymentScheduleCreate.model_fields
        return [word for word in of_a_schedule if word in fields or word not in ("parameters", "slug", "replaces")]

    def schedule(self, config):
        """One DeclaredSchedule: what was given, with the values that Prefect made of it."""
        made = self._to_schedule(config)
        if isinstance(made, DeploymentScheduleCreate):
            # 3.0 gives the object, with all that the entry leaves out.
            made = dict(_given(active=config.get("active")), schedule=made.schedule)
        sent = DeploymentScheduleCreate(**made).model_dump(mode="json")
        body = made["schedule"].model_dump(mode="json", exclude_unset=True, exclude_none=True)
        if not config.get("timezone") and '"timezone"' not in str(config.get("rrule")):
            # UTC, which Prefect adds.
            body.pop("timezone", None)
        given = {name: sent[name] for name in made if name != "schedule" and sent.get(name) is not None}
        return dict(given, schedule=body)


def _private(name):
    for place in ["prefect.cli.deploy.%s" % each for each in _PLACES] + ["prefect.cli.deploy"]:
        try:
            return getattr(import_module(place), name)
        except (ImportError, AttributeError):
            continue
    return None


def _public_schedule(config):
    timezone = config.get("timezone")
    if config.get("cron"):
        schedule = CronSchedule(**_given(cron=config["cron"], timezone=timezone, day_or=config.get("day_or")))
    elif config.get("interval"):
        anchor = config.get("anchor_date")
        schedule = IntervalSchedule(**_given(interval=config["interval"], anchor_date=anchor, timezone=timezone))
    elif config.get("rrule"):
        schedule = RRuleSchedule(**_given(rrule=config["rrule"], timezone=timezone))
    else:
        raise ValueError("a schedule gives none of cron, interval and rrule")
    rest = {name: config[name] for name in ("parameters", "slug", "replaces") if config.get(name)}
    return dict(rest, schedule=schedule, **_given(active=config.get("active")))


def _given(**values):
    return {name: value for name, value in values.items() if value is not None}
