"""
`prefect deploy --all` in each folder that standard input names, by the installed CLI: a fork of one process that has
imported it. Says, as JSON, the exit code and the last words of each.
"""
import json
import os
import sys
import tempfile

import prefect.cli.deploy._commands  # noqa: F401 - else each fork imports it again
import prefect.flows  # noqa: F401
from prefect.cli import app


def deploy(folder, output):
    os.chdir(folder)
    os.dup2(output.fileno(), 1)
    os.dup2(output.fileno(), 2)
    sys.argv = ["prefect", "--no-prompt", "deploy", "--all"]
    app()


def deployed(folder):
    with tempfile.TemporaryFile() as output:
        pid = os.fork()
        if pid == 0:
            try:
                deploy(folder, output)
                code = 0
            except SystemExit as error:
                code = error.code if isinstance(error.code, int) else int(error.code is not None)
            except BaseException as error:  # noqa: B902 - a crash of the CLI is a refusal
                os.write(2, repr(error).encode())
                code = 1
            os._exit(code)
        _, status = os.waitpid(pid, 0)
        output.seek(0)
        return {"code": os.WEXITSTATUS(status), "output": output.read().decode("utf-8", "replace")[-2000:]}


print(json.dumps({name: deployed(folder) for name, folder in json.load(sys.stdin).items()}))
