"""
Builds the storages that flows of Prefect 0.15 - 1.x set for themselves, when they are registered: it may upload, or
build and push an image, with the environment and the credentials of the user.

Node starts it as `python -s -B -W ignore nx_prefect_storage.py`: one JSON request on standard input, one JSON reply on
file descriptor 3; what the library prints stays on the others. The types are in
`src/engines/prefect1/build-storages.ts`.
"""

import json
import os
import sys
import traceback


def main():
    reply = os.fdopen(3, "w")
    request = json.load(sys.stdin)
    try:
        import nx_prefect  # noqa: F401 - a package finds its modules without sys.path

        # A flow must not see this directory.
        sys.path.pop(0)
        from nx_prefect import prefect1_registering

        answer = {"storages": prefect1_registering.storages(request["script"], request["flows"])}
    except BaseException as error:  # noqa: B902 - also SystemExit of the flow
        lines = traceback.format_exception_only(type(error), error)[-1].strip()
        answer = {"error": {"what": lines, "traceback": traceback.format_exc()}}
    reply.write(json.dumps(answer))
    reply.flush()
    return 1 if "error" in answer else 0


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    # Threads and processes of the flow have no say here.
    os._exit(code)
