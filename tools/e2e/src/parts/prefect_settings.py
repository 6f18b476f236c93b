"""
Prefect's own settings in each place that standard input names: {name: {"cwd", "env"}}. A fork of one process that has
imported Prefect finds them anew, as a new process would. Says them, or the error, as JSON.
"""
import json
import os
import pathlib
import sys

import prefect.context
import prefect.settings.sources as sources
from prefect.settings import get_current_settings, load_profiles


def settings(cwd, env):
    os.environ.clear()
    os.environ.update(env)
    os.chdir(cwd)
    sources.DEFAULT_PREFECT_HOME = pathlib.Path.home() / ".prefect"  # found when the module was imported
    sources._file_cache.clear()
    prefect.context.refresh_global_settings_context()
    load_profiles()  # of the settings that are the current ones now; a new process reads them first
    found = get_current_settings()
    return {
        "apiUrl": found.api.url,
        "apiKey": found.api.key and found.api.key.get_secret_value(),
        "authString": found.api.auth_string and found.api.auth_string.get_secret_value(),
        "certificates": found.api.ssl_cert_file,
        "insecure": found.api.tls_insecure_skip_verify,
        "headers": found.client.custom_headers,
        "workPool": found.deployments.default_work_pool_name,
    }


def apart(place):
    reader, writer = os.pipe()
    if os.fork() == 0:
        try:
            answer = settings(**place)
        except Exception as error:  # noqa: B902 - a file that Prefect can't read
            answer = {"error": "%s: %s" % (type(error).__name__, error)}
        os.write(writer, json.dumps(answer).encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as answer:
        text = answer.read()
    os.wait()
    return json.loads(text)


print("SETTINGS" + json.dumps({name: apart(place) for name, place in json.load(sys.stdin).items()}))
