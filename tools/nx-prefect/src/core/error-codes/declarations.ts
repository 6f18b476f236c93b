/** Of what a flow file declares. Most of these come from the Python worker. */
export const DECLARATIONS = {
  'absolute-path': {
    cause:
      'A name, parameter, default or other declared value contains a path of this machine: the copy of the flow, the ' +
      'home folder, a temporary folder or the virtual environment. The build would differ on every machine.',
    remedy: 'Use a relative path, or make None the default and compute the path inside the flow.',
  },
  'declared-elsewhere': {
    cause:
      'Another file in the folder, for example `deployments.py`, declares a deployment of this flow. That file ' +
      'is not ' +
      'read, and nothing else declares a deployment.',
    remedy:
      "Declare the deployment in the flow's own file with `to_deployment(...)` or under its main guard, or in a " +
      '`prefect.yaml`.',
  },
  'entrypoint-not-found': {
    cause: 'The option `entrypoint` or a `prefect.yaml` names a flow that the file does not define.',
    remedy: 'Use one of the names that the message lists.',
  },
  'flow-not-serializable': {
    cause: 'Prefect 0.15 or 1.x cannot serialize the flow. `prefect register` fails for the same reason.',
    remedy: 'Correct the flow. The message repeats what Prefect says.',
  },
  'integer-too-large': {
    cause: 'A declared value is an integer beyond 2^53 - 1. JSON readers would round it silently.',
    remedy: 'Pass it as text and convert it inside the flow.',
  },
  'main-guard': {
    cause:
      'A deployment is declared under `if __name__ == "__main__":` in a way that cannot be read: a line fails ' +
      'without ' +
      'the rest of the script, the flow comes from another file, or `load: static` is set.',
    remedy: 'Declare the deployment at module level with `to_deployment(...)`, or in a `prefect.yaml`.',
  },
  'no-flow': {
    cause: 'The file defines no flow, only imports some, or (before Prefect 3) no module-level name holds the flow.',
    remedy:
      'Decorate a function with `@flow`, or write `with Flow("name") as flow:` at module level before Prefect 3. To ' +
      'register an imported flow, set the option `entrypoint`.',
  },
  'not-deterministic': {
    cause:
      'Every flow is loaded twice, the second time with another clock, hash seed, home folder and path. The two ' +
      'loads ' +
      'declare different values, or the second one fails.',
    remedy:
      'Take random numbers, object addresses, host names and the clock out of what the file declares. Compute them ' +
      'inside the flow.',
  },
  'not-finite': {
    cause: 'A declared value is NaN or infinite. JSON has no such number, and Prefect would store null.',
    remedy: 'Leave the value out, use None, or pass it as text.',
  },
  'parameter-not-json': {
    cause: 'A parameter of a deployment is an object that JSON cannot express.',
    remedy: 'Pass text, a number, a list or dict of these, True, False or None.',
  },
  'pickle-failed': {
    cause: '`ship: pickle` is set, and the flow cannot be pickled, or the pickle cannot be loaded again.',
    remedy: 'Remove the option `ship`: a script can ship anything that can be imported.',
  },
  'prefect-yaml': {
    cause:
      'A `prefect.yaml` that concerns the flow cannot be read or evaluated, or it declares deployments only for ' +
      'files ' +
      'that do not exist.',
    remedy: 'Correct the entry that the message names. `prefect deploy` would read it in the same way.',
  },
  'register-at-import': {
    cause: '`flow.register(...)` is called while the file is imported.',
    remedy: 'Put the call under `if __name__ == "__main__":`. `nx run-many -t register` takes its place.',
  },
  'run-at-import': {
    cause: 'The flow is run while the file is imported.',
    remedy: 'Put the call under `if __name__ == "__main__":`.',
  },
  'same-flow-name': {
    cause: 'A file for Prefect 0.15 to 1.x defines two flows of the same name. The server would mix up their versions.',
    remedy: 'Rename one of the flows, or choose one with the option `entrypoint`.',
  },
  'serve-at-import': {
    cause: '`serve`, `deploy` or `from_source` is called while the file is imported.',
    remedy: 'Declare the deployment with `to_deployment(...)`, or put the call under `if __name__ == "__main__":`.',
  },
  'several-flows': {
    cause: 'The file defines several flows, and nothing says which one to register.',
    remedy: 'Set the option `entrypoint` of `build`, declare deployments, or give each flow a folder of its own.',
  },
  'ship-unsupported': {
    cause: '`ship: pickle` is set for a flow of Prefect 3, or for a flow that sets its own storage.',
    remedy: 'Remove the option `ship`, or the storage.',
  },
  'static-unsupported': {
    cause: '`load: static` is set for a flow of Prefect 0.15 to 1.x, which can only be read by running the file.',
    remedy: 'Remove the option `load` and install the missing packages.',
  },
  'storage-unknown': {
    cause: 'The flow sets a storage of a class that Prefect 0.15 to 1.x cannot register.',
    remedy: 'Use a class of `prefect.storage`, or set no storage: the code then goes to the option `s3Bucket`.',
  },
  'unbound-flow': {
    cause: 'A deployment is declared for a flow that no module-level name holds. A worker could not load the flow.',
    remedy: 'Assign the flow to a name at module level: `my_flow = make_flow(...)`.',
  },
};
