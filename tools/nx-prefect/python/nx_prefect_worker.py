"""
The Python side of nx-prefect: reads requests, loads flows, says what they declare.

Node starts it as `python -s -B nx_prefect_worker.py <fork|process> <first|second> <seconds a flow>`: one JSON request a
line on standard input, framed replies on file descriptor 3, with `process` the stacks of a crash on 4. The types are in
`src/build/worker/worker-protocol.ts`.

Everything else lives in the package `nx_prefect` beside this file, so that only that one name can ever collide
with a file of a flow.
"""

import gc
import os
import sys


def main(mode, load, time_limit):
    try:
        _serve(mode, load, time_limit)
    finally:
        # Node may be gone, at any moment since it started this process.
        if mode == "fork":
            from nx_prefect import places

            places.remove_all()


def _serve(mode, load, time_limit):
    if load == "second":
        # Before anything else is imported, so that all of it reads the other clock.
        from nx_prefect import another_machine

        another_machine.install()
    from nx_prefect.channel import Channel

    channel = Channel()
    # Prefect reads .env, prefect.toml and pyproject.toml of the working directory when it is imported.
    os.chdir(os.environ["HOME"])
    # A flow must not see this directory, and runs as if Prefect's own worker had started it.
    sys.path.pop(0)
    sys.argv = [sys.argv[0]]

    from nx_prefect import engines

    engine, fatal = engines.choose()
    if fatal:
        channel.send({"fatal": fatal})
        return
    from nx_prefect import opened

    opened.install()
    channel.send({"ready": True, "engine": engine.name})
    if mode == "process":
        from nx_prefect import child, places

        request = channel.next()
        if request is not None:
            places.new_places(0)
            child.load(request, engine, *channel.for_one_load())
        return
    from nx_prefect import forking

    # The ten thousands of objects of Prefect live as long as the process: no collection needs to look at them, and no
    # fork copies their pages because one did.
    gc.collect()
    gc.freeze()
    forking.serve(channel, engine, time_limit)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]))
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)
