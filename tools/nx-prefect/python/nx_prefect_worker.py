"""
The Python side of nx-prefect: reads requests, loads flows, says what they declare.

Node starts it as `python -s -B nx_prefect_worker.py <output file> <seconds a flow>`: one JSON request a line on
standard input, one JSON reply a line on file descriptor 3. The types are in `src/python/protocol.ts`.

Everything else lives in the package `nx_prefect` beside this file, so that only that one name can ever collide
with a file of a flow.
"""
import gc
import os
import sys

from nx_prefect.channel import Channel


def main():
    channel = Channel(output=sys.argv[1], time_limit=float(sys.argv[2]))
    # Prefect reads .env, prefect.toml and pyproject.toml of the working directory when it is imported.
    os.chdir(os.environ["HOME"])
    # A flow must not see this directory, and runs as if Prefect's own worker had started it.
    sys.path.pop(0)
    sys.argv = [sys.argv[0]]

    from nx_prefect import engines

    engine, fatal = engines.choose()
    if fatal:
        channel.send({"fatal": fatal})
        return 1

    from nx_prefect.isolation import Baseline
    from nx_prefect.loading import answer

    baseline = Baseline.take()
    # The ten thousands of objects of Prefect live as long as the process: no collection needs to look at them.
    gc.collect()
    gc.freeze()
    channel.send({"ready": True, "engine": engine.name, "prefect": engine.version, "python": "%d.%d.%d" % sys.version_info[:3]})
    for request in channel.requests():
        channel.send(answer(request, engine, baseline, channel))
    return 0


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    # Not sys.exit: what flows registered with atexit, and threads they started, have no say here.
    os._exit(code)
