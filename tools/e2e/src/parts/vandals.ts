/** A part of a flow file, before or after the flow itself, that may touch what later flows need. */
export interface Vandal {
  before?: string;
  after?: string;
}

const patched = (module: string, name: string, value = 'None'): Vandal => ({
  after: `import ${module}\n${module}.${name} = ${value}\n`,
});

/** Of Python itself: any engine has these. */
const VANDALS: Record<string, Vandal> = {
  none: {},
  path: patched('os.path', 'join', 'lambda *a: "nowhere"'),
  json: patched('json', 'dumps'),
  encoder: { after: 'import json.encoder\njson.encoder.JSONEncoder.encode = None\n' },
  length: patched('builtins', 'len'),
  instances: patched('builtins', 'isinstance', 'lambda *a: True'),
  opens: patched('builtins', 'open'),
  importing: patched('builtins', '__import__'),
  exits: patched('os', '_exit', 'lambda *a: None'),
  writes: patched('os', 'write', 'lambda *a: 0'),
  sorts: patched('builtins', 'sorted', 'lambda it, **k: list(it)'),
  output: { before: 'import os\nos.close(1)\n' },
  descriptors: { after: 'import os\nos.closerange(0, 4096)\n' },
  garbage: {
    before: `import os
for _fd in range(3, 20):
    try:
        os.write(_fd, b'{"ok": true}\\n')
    except OSError:
        pass
`,
  },
  frames: {
    before: `import os
for _fd in range(20, 300):
    try:
        os.write(_fd, b"0" * 32 + b" 000000000002\\n{}")
    except OSError:
        pass
`,
  },
  folder: {
    before: `import os, threading, time
def _go():
    while True:
        os.chdir("/")
        time.sleep(0.001)
threading.Thread(target=_go, daemon=True).start()
`,
  },
  thread: {
    before: `import threading, time
def _wait():
    time.sleep(300)
threading.Thread(target=_wait).start()
import atexit
atexit.register(time.sleep, 300)
`,
  },
  session: {
    before: `import subprocess, sys
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(300)"], start_new_session=True)
`,
  },
  forks: { before: 'import os\nos.fork()\n' },
  leaves: { after: 'import os\nos._exit(0)\n' },
  kills: { before: 'import os\nos.kill(os.getppid(), 9)\nimport time\ntime.sleep(30)\n' },
  signals: { before: 'import signal\nfor _s in (1, 2, 6, 10, 12, 15, 17):\n    signal.signal(_s, signal.SIG_IGN)\n' },
  alarm: { after: 'import signal\nsignal.alarm(15)\n' },
  environ: { after: 'import os\nos.environ.clear()\nos.environ["PREFECT_API_URL"] = "http://nowhere"\n' },
  home: { after: 'import os\nopen(os.path.join(os.path.expanduser("~"), "left"), "w").close()\n' },
  temporary: { after: 'import tempfile\ntempfile.mkstemp()\n' },
  modules: { after: 'import sys\nfor _name in list(sys.modules):\n    del sys.modules[_name]\n' },
  finders: { before: 'import sys\n', after: 'sys.meta_path.clear()\nsys.path.clear()\nsys.path_hooks.clear()\n' },
  hooks: { after: 'import sys\nsys.excepthook = sys.displayhook = sys.stdout = sys.stderr = None\n' },
  recursion: { after: 'import sys\nsys.setrecursionlimit(60)\n' },
  tracing: { before: 'import sys\nsys.settrace(lambda *a: None)\n' },
  collector: { before: 'import gc\ngc.disable()\ngc.set_threshold(1)\n' },
  locale: {
    before: 'import locale\ntry:\n    locale.setlocale(locale.LC_ALL, "de_DE.UTF-8")\nexcept locale.Error:\n    pass\n',
  },
  clock: { after: 'import time, datetime\ntime.time = lambda: 0\ndatetime.datetime = None\n' },
  seed: { before: 'import random\nrandom.seed(0)\n' },
  warnings: { before: 'import warnings\nwarnings.simplefilter("error")\n' },
  logging: { after: 'import logging\nlogging.disable(50)\nlogging.root.handlers.clear()\n' },
  limits: { after: 'import resource\nresource.setrlimit(resource.RLIMIT_NOFILE, (16, 16))\n' },
  umask: { before: 'import os\nos.umask(0o777)\n' },
  loud: { before: 'print("x" * 100000)\n' },
  raises: { before: 'raise ValueError("no")\n' },
};

/** Of Prefect 3. */
export const PREFECT3_VANDALS: Record<string, Vandal> = {
  ...VANDALS,
  versions: { before: 'import functools, prefect\nprefect.flow = functools.partial(prefect.flow, version="theirs")\n' },
  tags: {
    before: `import prefect.flows as _flows
_real = _flows.Flow.to_deployment
_flows.Flow.to_deployment = lambda self, name, **k: _real(self, name, **dict(k, tags=["theirs"]))
`,
  },
  deployments: { after: 'import prefect.flows as _flows\n_flows.Flow.to_deployment = None\n' },
  blocks: { before: 'from prefect.blocks.core import Block\nclass Same(Block):\n    x: int = 1\n' },
  schemas: { after: 'import pydantic\npydantic.BaseModel.model_dump = None\n' },
};

/** Of Prefect 0.15 - 1.x. */
export const PREFECT1_VANDALS: Record<string, Vandal> = {
  ...VANDALS,
  names: { after: 'import prefect\nprefect.Flow.serialize = lambda self, **k: {"name": "theirs"}\n' },
  contexts: { before: 'import prefect\nprefect.context.update(today="theirs")\n' },
  schemas: { after: 'import marshmallow\nmarshmallow.Schema.dump = None\n' },
};
