import { FlowError } from '../errors';
import type { PreparedTask } from './prepare';

/**
 * Tasks whose registrations share their identity, (flow name, deployment name) on one server, with another's.
 * @returns the error of each such task, by task id
 */
export function clashes(tasks: PreparedTask[]): Map<string, FlowError> {
  const seen = new Map<string, { task: string; flow: string; file: string }[]>();
  for (const { task, flow, connection, manifest, wanted } of tasks) {
    wanted.forEach(({ deployment }, at) => {
      const key = JSON.stringify([connection.apiUrl, deployment.flowName, deployment.name]);
      seen.set(key, [...(seen.get(key) ?? []), { task, flow, file: manifest.registrations[at]?.declaredIn ?? '' }]);
    });
  }
  const errors = new Map<string, FlowError>();
  for (const [key, users] of seen) {
    if (users.length < 2) continue;
    const [, flowName, name] = JSON.parse(key) as [string, string, string];
    for (const { task, flow, file } of users) errors.set(task, clash(flow, file, `${flowName}/${name}`, users));
  }
  return errors;
}

function clash(flow: string, file: string, name: string, users: { file: string }[]): FlowError {
  const files = [...new Set(users.map((user) => user.file))];
  return new FlowError({
    code: 'identity-clash',
    flow,
    file,
    what: `The deployment ${name} is declared ${files.length > 1 ? `by ${files.join(' and by ')}` : `${users.length} times in ${file}`}; one would overwrite the other.`,
    next: 'Give one of the flows another name (@flow(name=...)) or one of the deployments another name; --deploymentName names all of a run alike.',
  });
}
