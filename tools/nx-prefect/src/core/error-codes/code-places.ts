/** Of the places that workers get code from. */
export const CODE_PLACES = {
  'code-unsupported': {
    cause: 'The option `code` names a place that the Prefect of this flow cannot load code from.',
    remedy:
      'Before Prefect 3, give the flow a storage of its own (`Git`, `GitHub`, `Docker`), which is registered as it ' +
      'stands. On Prefect 3, update Prefect.',
  },
  'git-no-remote': {
    cause: 'The option `code` is `git`, and the workspace is no git repository or has no remote to clone from.',
    remedy: 'Add the remote (`git remote add origin <address>`) and push, or choose another `code`.',
  },
  'git-not-committed': {
    cause:
      'The option `code` is `git`, and a file that ships is not in the commit that is checked out, or differs there.',
    remedy: 'Commit the file and push. A worker would clone the commit, not this checkout.',
  },
  'git-not-pushed': {
    cause: 'The option `code` is `git`, and no branch or tag of the remote leads to the commit that is checked out.',
    remedy: 'Push the commit. For a submodule, push it to its own remote.',
  },
  'git-remote-failed': {
    cause: 'The remote of the repository does not answer, or refuses the credentials of this machine.',
    remedy: 'Check the network and the credentials with `git ls-remote`.',
  },
  'git-shallow': {
    cause:
      'The option `code` is `git`, and this clone holds too little of the history to tell whether the registered ' +
      'commit is still good.',
    remedy: 'Clone with the whole history: `git fetch --unshallow`, or `fetch-depth: 0` of `actions/checkout`.',
  },
  'no-pull-steps': {
    cause: 'The option `code` is `pull`, and no `prefect.yaml` declares pull steps for the deployment.',
    remedy: 'Add a `pull` section to the `prefect.yaml` that declares the deployment, or choose another `code`.',
  },
  'requirements-not-shipped': {
    cause: 'The option `installRequirements` names a file that does not ship with the flow, so no worker has it.',
    remedy: 'Put the file into the folder of the flow, or name it in the build option `dataFiles`.',
  },
};
