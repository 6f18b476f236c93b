/** Of loading a flow file in its Python environment. Most of these come from the Python worker. */
export const BUILDS = {
  'cloudpickle-too-old': {
    cause: "`ship: pickle` needs a newer cloudpickle than the one in the flow's environment.",
    remedy: 'Install a newer cloudpickle there, or remove the option `ship`.',
  },
  'environment-variable-missing': {
    cause:
      'The file reads an environment variable while it is imported. A build sees none of your variables unless ' +
      '`buildEnv` names them.',
    remedy: 'Read the variable inside the flow or a task, or name it in `buildEnv`: its value then counts as source.',
  },
  'import-failed': {
    cause: 'The file raises an exception while it is imported. The message shows it, with the lines of your code.',
    remedy:
      'Correct that line. Move everything that needs a server, a clock or a certain machine into the flow or a task. ' +
      'If the message names an environment variable, put it into `buildEnv`.',
  },
  'module-not-found': {
    cause:
      'The flow imports a package that is not installed in its Python environment, or a module that is not among ' +
      "the flow's files.",
    remedy:
      'Install the package in the environment that the message names, or add the file and let git track it. On ' +
      'Prefect 3, `load: static` reads the file without importing anything.',
  },
  'module-not-shipped': {
    cause:
      'The imported module exists in the workspace but does not travel with the flow: git ignores it, it is a test, ' +
      'or it belongs to no flow and no lib.',
    remedy: 'Do what the message says for this file. Shared code belongs in a folder of `libs/`.',
  },
  'network-at-import': {
    cause: 'The file opens a network connection or asks a Prefect server while it is imported. Builds have no network.',
    remedy: 'Move the call into the flow or a task.',
  },
  'not-built': {
    cause: 'Neither `dist/` nor the code store has a build of this source. `status`, `prune` and `run` build nothing.',
    remedy: 'Run `nx run <flow>:build`, or `plan` or `register`, which build what nobody has built.',
  },
  'prefect-not-found': {
    cause: "Prefect is not installed in the flow's Python environment, or importing it fails.",
    remedy: 'Install Prefect there, or name another interpreter with the option `python`.',
  },
  'prefect-unsupported': {
    cause:
      'The environment holds a Prefect that this plugin cannot read (0.14 and older, 2.x), or Prefect 0.15 to 1.x ' +
      'beside marshmallow 4.',
    remedy: 'Install Prefect 0.15, 1.x or 3, with `marshmallow<4` before Prefect 3, or set the option `python`.',
  },
  'source-changed-by-load': {
    cause: 'Importing the flow changes one of the files that ship with it.',
    remedy: 'Write to a temporary folder (`tempfile`), or inside the flow or a task.',
  },
  'syntax-error': {
    cause: "The file is not valid for the Python version of the flow's environment.",
    remedy: 'Correct the line. If the file needs a newer Python, point the option `python` to one.',
  },
  'system-exit': {
    cause: 'Importing the file ends Python, for example with `sys.exit()`.',
    remedy: 'Put everything that runs as a script under `if __name__ == "__main__":`.',
  },
  'time-limit': {
    cause: 'Loading the flow took longer than the option `timeLimit` allows (120 seconds unless set).',
    remedy: 'Move what waits or computes into the flow or a task, or raise `timeLimit`.',
  },
  'worker-died': {
    cause:
      'Python ended while it loaded the flow, or sent an answer that makes no sense: a native package crashed, the ' +
      'file calls `os._exit`, memory ran out, or the file closes descriptors or replaces functions of Python itself.',
    remedy: 'Import the file with the same Python to see the crash. On Prefect 3, `load: static` avoids the import.',
  },
  'worker-start': {
    cause: 'The Python process that loads flows did not start or did not get ready within three minutes.',
    remedy: 'Run the command that the message shows, or name another interpreter with the option `python`.',
  },
};
