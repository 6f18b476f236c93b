/** Of what is registered: names, fields, and whose a registration is. */
export const REGISTRATIONS = {
  'bad-name': {
    cause: 'The name of a flow, deployment, work pool or queue is empty or has a character that Prefect refuses.',
    remedy: 'Correct it in the flow, its `prefect.yaml` or the options. Names may not contain `/ % & > <`.',
  },
  'flow-too-large': {
    cause: 'A Prefect 0.15 to 1.x server refuses the request because it is too large. The usual limit is 5 MB.',
    remedy: 'Split the flow or use mapped tasks. On your own server, `APOLLO_API_BODY_LIMIT` raises the limit.',
  },
  'identity-clash': {
    cause: 'Two flow files register under the same name, so one would overwrite the other.',
    remedy:
      'Give one of the flows or deployments another name. If the other file no longer declares it, register both ' +
      'files in one run, or use `--takeOver` once.',
  },
  'no-work-pool': {
    cause: 'No option, flow or variable names a work pool for the deployment.',
    remedy: 'Set the option `workPool` in `nx.json` or on the command line, or `PREFECT_DEFAULT_WORK_POOL_NAME`.',
  },
  'not-taken': {
    cause:
      'The server accepted the write, but then holds something else. Somebody else writes the same registration, or ' +
      'this version of the server is not supported.',
    remedy: 'Run the command again. If the error stays, look for another writer, for example a CI job.',
  },
  'environment-storage': {
    cause:
      'An environment gives a flow of Prefect 0.15 to 1.x another name, and the storage that the flow sets finds the ' +
      'flow by its name in source.',
    remedy:
      'Let the plugin store the flow: set no storage, or `S3(bucket)` without a key. Or keep the name, and register ' +
      'into another Prefect project with the option `prefectProject`.',
  },
  'older-source': {
    cause:
      'A newer commit, or one that this clone does not have, has registered the flow, and the option ' +
      '`refuseOlder` is on.',
    remedy:
      'Let the newest commit register, with the whole history (`git fetch --unshallow`; in GitHub Actions ' +
      '`fetch-depth: 0`). To go back on purpose, revert in a new commit, or run once with `--no-refuseOlder`.',
  },
  'plan-outdated': {
    cause: 'The file of the option `plan` does not hold what `register` would do now: source or server moved since.',
    remedy: 'Plan again with `plan --out`, look at it, and register with that file.',
  },
  'other-environment': {
    cause: 'Another environment of this workspace has made the registration.',
    remedy: 'Give one of the two another name in source, or take the registration over with `--takeOver` once.',
  },
  'other-workspace': {
    cause: 'The registration carries the mark of another workspace.',
    remedy: 'Register under another name, or take the registration over with `--takeOver` once.',
  },
  placeholder: {
    cause:
      'A `{{ placeholder }}` in a `prefect.yaml` cannot be filled: the environment variable or Prefect variable does ' +
      'not exist, its value has the wrong type, or the kind is not supported in this field.',
    remedy: 'Set the variable where `register` runs, or create it with `prefect variable set`.',
  },
  'project-not-found': {
    cause: 'The Prefect 0.15 to 1.x server has no such project, and the option `createProject` is off.',
    remedy: 'Create the project, correct the option `prefectProject`, or turn `createProject` on.',
  },
  'reserved-tag': {
    cause: 'A tag begins with `nx-prefect:`. Such tags mark whose a registration is.',
    remedy: 'Choose another tag.',
  },
  'secret-placeholder': {
    cause: 'A `prefect.yaml` contains `{{ $NAME }}` for a variable that looks like a secret. Servers show such values.',
    remedy: 'Name a block in the job variables instead. If the variable is no secret, give it another name.',
  },
  'slug-twice': {
    cause: 'Two schedules of one deployment have the same slug.',
    remedy: 'Give every schedule a slug of its own.',
  },
  'storage-build-failed': {
    cause: "Prefect's own code cannot build the storage that a flow of Prefect 0.15 to 1.x sets.",
    remedy: 'Correct the storage or its credentials, or set no storage: the code then goes to the option `s3Bucket`.',
  },
  'work-pool-not-found': {
    cause: 'The server has no work pool of that name.',
    remedy: 'Create it with `prefect work-pool create`, or correct the option `workPool`.',
  },
  'not-asked': {
    cause: '`npx nx-prefect prune` has something to do and no terminal on which to ask.',
    remedy: 'Read what it lists, and run it again with `--yes`.',
  },
  'not-ours': {
    cause: 'A deployment was changed by somebody else while `prune` looked at it. Nothing was done to it.',
    remedy: 'Run `npx nx-prefect status` to see whose it is, and `prune` again.',
  },
};
