import type { Faults, Fault } from './faults';
import type { Requests } from './requests';

/** The control endpoint, for tests that start the server as a program. Off unless asked for. */
export function development(
  faults: Faults,
  requests: Requests,
  method: string,
  path: string,
  body: string,
): { status: number; body: unknown } {
  switch (`${method} ${path}`) {
    case 'GET /development/requests':
      return { status: 200, body: requests.counts };
    case 'DELETE /development/requests':
      requests.reset();
      return { status: 200, body: requests.counts };
    case 'POST /development/faults':
      try {
        faults.plan(JSON.parse(body) as Fault);
        return { status: 200, body: {} };
      } catch (error) {
        return { status: 400, body: { error: String(error) } };
      }
    case 'DELETE /development/faults':
      faults.clear();
      return { status: 200, body: {} };
    default:
      return { status: 404, body: { error: `There is no ${method} ${path}. See the README of prefect1-server.` } };
  }
}
