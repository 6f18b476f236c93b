"""
Registers flows in the manner of a script of a team's own: default storage and run config, then the library's own
registration: `flow.register` into one project, and what `prefect register` does into another.
"""
import os
import runpy
import sys

import prefect
from prefect.cli.build_register import build_and_register, get_project_id
from prefect.run_configs import ECSRun
from prefect.storage import S3

by_flow, by_command, bucket, labels, root = sys.argv[1:6]
labels = labels.split(",")


def loaded_flow(path):
    with prefect.context(loading_flow=True):
        module = runpy.run_path(path, run_name="<flow>")  # as `prefect register` does
    flow = next(value for value in module.values() if isinstance(value, prefect.Flow))
    if flow.storage is None:
        flow.storage = S3(bucket)
    if flow.run_config is None:
        flow.run_config = ECSRun(labels=labels)
    return flow


for folder in sorted(os.listdir(root)):
    path = os.path.join(root, folder)
    if not os.path.isfile(os.path.join(path, "flow.py")):
        continue
    loaded = set(sys.modules)
    sys.path.insert(0, path)
    file = os.path.join(path, "flow.py")
    flow = loaded_flow(file)
    flow.register(project_name=by_flow, labels=labels, idempotency_key=flow.serialized_hash(), no_url=True)
    client = prefect.Client()
    build_and_register(client, [loaded_flow(file)], get_project_id(client, by_command), labels=labels)
    sys.path.remove(path)
    for name in set(sys.modules) - loaded:
        if (getattr(sys.modules[name], "__file__", None) or "").startswith(path):
            del sys.modules[name]
