import { Problem } from './say.mjs';

/** Makes a work pool where there is none of that name; a worker fills in its job template when it first polls it. */
export async function ensureWorkPool(apiUrl, name, type) {
  const url = `${apiUrl}/work_pools/`;
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name, type }),
    signal: AbortSignal.timeout(30_000),
  }).catch((cause) => {
    throw new Problem({
      where: url,
      what: `the work pool "${name}" could not be made: ${cause.message}.`,
      next: 'Run npm stop, then npm start.',
      cause,
    });
  });
  if (answer.status === 201 || answer.status === 409) return;
  throw new Problem({
    where: url,
    what: `the work pool "${name}" could not be made: the server answered ${answer.status}.`,
    next: 'Its answer stands below.',
    detail: (await answer.text()).slice(0, 2000),
  });
}
