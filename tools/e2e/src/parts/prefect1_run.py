"""
Runs flows where there is nothing of a repository: `prefect1_run.py together|apart`, a JSON list of {name, bucket,
key, stored_as_script?} on standard input. `apart`: each in a process and an empty directory of its own, where only
Prefect is loaded, as where an agent starts it. `together`: one after the other in one process. Prints a JSON {name:
"" or what went wrong}.
"""
import json
import os
import sys
import tempfile
import traceback

import boto3  # noqa: F401 - before the fork, as all that takes long
import prefect
import prefect.tasks.aws.s3  # noqa: F401
from prefect.storage import S3


def run(name, bucket, key, stored_as_script=True):
    """An empty text when the flow succeeded."""
    os.environ["SHAPES_PARENT"] = str(os.getpid())
    storage = S3(bucket, key=key, stored_as_script=stored_as_script)
    storage.flows[name] = key
    with prefect.context(loading_flow=True):
        flow = storage.get_flow(name)
    state = flow.run()
    if state.is_successful():
        return ""
    failed = [(task.name, result.result) for task, result in state.result.items() if result.is_failed()]
    return "; ".join("%s: %r" % each for each in failed) or str(state)


def outcome(shape):
    try:
        return run(**shape)
    except BaseException:  # noqa: B902
        return traceback.format_exc()


def apart(shape):
    with tempfile.TemporaryFile("w+") as reply, tempfile.TemporaryDirectory() as empty:
        child = os.fork()
        if child == 0:
            os.chdir(empty)
            reply.write(outcome(shape))
            reply.flush()
            os._exit(0)
        _, status = os.waitpid(child, 0)
        reply.seek(0)
        return reply.read() if status == 0 else "the process ended with status %d" % status


if __name__ == "__main__":
    shapes = json.load(sys.stdin)
    each = apart if sys.argv[1] == "apart" else outcome
    answer = {shape["name"]: each(shape) for shape in shapes}
    os.write(3, json.dumps(answer).encode())
