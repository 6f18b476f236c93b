/** Of the checkout: options, folders, files that ship, Python environments, tests. */
export const WORKSPACE = {
  'bad-option': {
    cause: 'An option of a target has an unknown name or a value of the wrong kind.',
    remedy: 'Correct it where it is set: on the command line, in `project.json` or in `nx.json`. `--help` lists all.',
  },
  'bad-variable': {
    cause: 'An environment variable that this plugin reads has a value that it cannot use.',
    remedy: 'Correct the variable as the message says, or unset it.',
  },
  'build-damaged': {
    cause: "A built file differs from the manifest's digest, for example because another terminal builds right now.",
    remedy: 'Run the command again. If the error stays, add `--skip-nx-cache`.',
  },
  'checkout-locked': {
    cause: 'Another run that registers from this checkout did not end within ten minutes.',
    remedy:
      'End the process that the message names. If there is none, delete `dist/.register.lock` and ' +
      '`dist/.register.turns`.',
  },
  'data-files-not-counted': {
    cause:
      'The option `dataFiles` is set in a place that Nx does not count as an input, for example in `targetDefaults`. ' +
      'The files would ship, but an edit would not build the flow again.',
    remedy: "Set it in the build options of the flow's `project.json`, or in the plugin's options in `nx.json`.",
  },
  'edited-since-init': {
    cause: 'A file that `init` wrote was edited since, so `init --undo` would lose the edit. Nothing was undone.',
    remedy: 'Undo the edit, or take the file out of `.nx-prefect/init.json` to keep it, and run `init --undo` again.',
  },
  'environment-missing': {
    cause: 'There is a lock file without a `.venv` beside it, or a `.venv` without a working Python interpreter.',
    remedy: 'Create the environment with the command that the message names, or set the option `python`.',
  },
  'file-system': {
    cause: 'A file or folder cannot be read or written: permissions, a full disk, too many open files or the like.',
    remedy: 'Do what the message says. `TMPDIR` chooses the folder for temporary files.',
  },
  'flow-exists': {
    cause: 'A generator was asked for a file or folder that exists already.',
    remedy: 'Choose another name, or remove it first.',
  },
  'flow-name': {
    cause:
      'A generator takes names in letters, digits, `_` and `-`: `<project>/<flow>` for a flow, a name that Python ' +
      'can import for a lib.',
    remedy: 'Write for example `npx nx g nx-prefect:flow project_3/flow9`.',
  },
  'folder-name': {
    cause: "A flow's folder has a character in its name that Nx reads as part of a pattern, or a control character.",
    remedy: 'Rename the folder without `[ ] { } ( ) * ? ! \\ |` and control characters.',
  },
  'import-override': {
    cause: "The plugin's option `imports` names a folder that is neither a flow nor a lib.",
    remedy: 'Name the folder from the workspace root, or remove the line.',
  },
  'link-broken': {
    cause: 'A symbolic link among the files that ship leads nowhere, or in a circle.',
    remedy: 'Point the link to a file of the workspace, or remove it.',
  },
  'link-ignored': {
    cause: 'A symbolic link leads to a file that git neither tracks nor would add.',
    remedy: 'Let git track that file, put a copy in place of the link, or remove the link.',
  },
  'link-outside': {
    cause: 'A symbolic link leads out of the workspace. Nothing from outside ships.',
    remedy: 'Put a copy of the file in place of the link, or remove the link.',
  },
  'lock-unreadable': {
    cause: 'A lock file of uv, Poetry or PDM cannot be read.',
    remedy: 'Write it again with the tool that made it. Look for merge conflicts in it.',
  },
  'no-data-files': {
    cause: 'A pattern in the option `dataFiles` matches no file that git tracks or would add.',
    remedy: 'Correct the pattern. It starts at the workspace root, and a whole folder is `config/**`.',
  },
  'no-tests': {
    cause: 'pytest found no test for this flow or lib.',
    remedy: 'Write tests in `tests.py`, `test_<name>.py` or `tests/test_<name>.py`.',
  },
  'no-workspace-id': {
    cause: "The root `package.json` has no `name`, and the name is what marks this workspace's registrations.",
    remedy: 'Add a `name`, or set the option `workspaceId`. Neither should change later.',
  },
  'not-a-file': {
    cause: 'A pipe, socket, device or folder is where a file should ship.',
    remedy: "Take it out of the flow's folder.",
  },
  'not-initialized': {
    cause: '`init --undo` found no record of an `init`: the file `.nx-prefect/init.json` is not there.',
    remedy: 'Run it in the folder in which `init` ran. Without the record, git has the files as they were.',
  },
  'not-installed': {
    cause: '`init` wrote a package.json, and the package manager could not install what it names.',
    remedy: 'Run the installation by hand to see why it fails, then `nx run-many -t plan`.',
  },
  'plugin-options': {
    cause: "The plugin's options in `nx.json` have an unknown name or a value of the wrong kind.",
    remedy: 'Correct them. The message lists every problem and the known names.',
  },
  'project-json': {
    cause: 'A `project.json` has a value of the wrong kind in a field that this plugin reads.',
    remedy: 'Correct the field, or leave it out.',
  },
  'pytest-missing': {
    cause: "pytest is not installed in the flow's Python environment.",
    remedy: 'Install it there, or add it to the requirements of that environment.',
  },
  'python-not-found': {
    cause:
      'The option `python` names no interpreter, or there is neither a `.venv` up to the workspace root nor a ' +
      '`python3` on the PATH.',
    remedy: 'Create an environment with Prefect (`uv venv`, `uv pip install prefect`), or correct the option.',
  },
  report: {
    cause: 'The file of the option `report` cannot be written. The flow itself is registered.',
    remedy: 'Correct the option `report`.',
  },
  'secret-file': {
    cause: 'A file that would ship looks like a secret, by its name or its content.',
    remedy:
      'Remove the file and read the secret from the environment or a Prefect block. If the file has to ship, name it ' +
      'in the option `allowSecretFiles`.',
  },
  'shipped-twice': {
    cause: 'Two libs that the flow depends on ship different files to the same path.',
    remedy: 'Rename one of the modules, or put each into a package of its own.',
  },
  'source-changed': {
    cause: 'A file changed between the build and the upload or during the build.',
    remedy: 'Run the command again.',
  },
  'source-vanished': {
    cause: 'A file was listed at the start of the run and could not be read later.',
    remedy: 'Run the command again.',
  },
  'shallow-clone': {
    cause: '`prune` ran in a clone without the whole history, which cannot tell what other branches registered.',
    remedy: 'Fetch the history: `git fetch --unshallow`, or `fetch-depth: 0` in GitHub Actions.',
  },
  'task-env-file': {
    cause:
      'An env file of a task, for example `.env.register`, sets a server or an AWS account. Nx does not pass such ' +
      'files to batches, so the setting would be ignored.',
    remedy: "Set the variable in the environment or in the workspace's `.env`, or use an option.",
  },
  'tests-failed': {
    cause: 'pytest ended with failures or could not collect the tests.',
    remedy: "Read pytest's output above the message.",
  },
  'unknown-target': {
    cause: 'A target uses the executor `nx-prefect:flow` under a name other than `build`, `plan` or `register`.',
    remedy: 'Rename the target. For another server or work pool, add a configuration to `register`.',
  },
  unexpected: {
    cause: 'Something failed that nx-prefect does not know: a fault of its own, or of a program that it uses.',
    remedy: 'Run the command again with --verbose and report what it prints.',
  },
  'unknown-command': {
    cause: '`npx nx-prefect` was called with a command that it does not have.',
    remedy: 'Run `npx nx-prefect --help`. What flows do are targets: `npx nx run-many -t register`.',
  },
};
