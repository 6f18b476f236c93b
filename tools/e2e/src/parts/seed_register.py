"""Registers flows in the manner of a script of a team's own: default storage and run config, then the library's `flow.register`."""
import os
import sys

from prefect.run_configs import ECSRun
from prefect.storage import S3
from prefect.utilities.storage import extract_flow_from_file

project, bucket, labels, root = sys.argv[1:5]

for folder in sorted(os.listdir(root)):
    path = os.path.join(root, folder)
    if not os.path.isfile(os.path.join(path, "flow.py")):
        continue
    loaded = set(sys.modules)
    sys.path.insert(0, path)
    flow = extract_flow_from_file(file_path=os.path.join(path, "flow.py"))
    if flow.storage is None:
        flow.storage = S3(bucket)
    if flow.run_config is None:
        flow.run_config = ECSRun(labels=labels.split(","))
    flow.register(project_name=project, labels=labels.split(","), idempotency_key=flow.serialized_hash(), no_url=True)
    sys.path.remove(path)
    for name in set(sys.modules) - loaded:
        if (getattr(sys.modules[name], "__file__", None) or "").startswith(path):
            del sys.modules[name]
