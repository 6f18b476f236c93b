// A local Prefect server on its embedded SQLite: everything it knows lies in one folder, its `home`.
import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { capture } from './command.mjs';
import { Problem, progress } from './say.mjs';
import { alive, locked, readText, writeText } from './stamp.mjs';

const HOST = '127.0.0.1';
const USUAL_PORT = 4200;
const START_SECONDS = 180;
const STOP_SECONDS = 10;
/** In the home; begun anew at each start. */
const LOG = 'server.log';

/**
 * Starts a server, or finds the one that already runs on this home.
 *
 * @param {object} options
 * @param {string} options.home folder for its database, log and server.json
 * @param {string} options.python a Python that has Prefect
 * @param {number} [options.port] default: the port of last time, 4200, or any other, whichever is free first
 * @param {Record<string, string>} [options.env] more settings, say PREFECT_SERVER_API_AUTH_STRING
 * @param {boolean} [options.quiet] print nothing
 * @returns {Promise<{apiUrl: string, uiUrl: string, pid: number, started: boolean, stop: (signal?: NodeJS.Signals) =>
 * Promise<void>}>}
 */
export async function startServer({ home: folder, python, port, env = {}, quiet = false }) {
  mkdirSync(folder, { recursive: true });
  const home = realpathSync(folder);
  return locked(join(home, 'start.lock'), async () => {
    const last = describe(home);
    const running = await findServer(home, env);
    if (running) return handle(home, running, false);

    const shown = quiet ? undefined : progress('Prefect server');
    if (!existsSync(join(home, 'prefect.db'))) shown?.update('making its database');
    try {
      const first = port ?? (await freePort([portOf(last), USUAL_PORT]));
      const server =
        (await launch({ home, python, port: first, env })) ??
        // Somebody took the port between the look and the start.
        (port === undefined && (await launch({ home, python, port: await freePort([]), env })));
      if (!server) throw portTaken(home, first);
      shown?.done(`started on ${server.apiUrl}`);
      return handle(home, server, true);
    } catch (error) {
      shown?.failed();
      throw error;
    }
  });
}

/** Ends the server of this home. Says whether there was one. */
export async function stopServer({ home: folder, signal = 'SIGTERM' }) {
  const server = describe(folder);
  if (!server) return false;
  const found = alive(server.pid) && (await isPrefectServer(server.pid));
  if (found) {
    kill(server.pid, signal);
    if (!(await gone(server.pid, STOP_SECONDS))) kill(server.pid, 'SIGKILL');
    if (!(await gone(server.pid, STOP_SECONDS))) {
      throw new Problem({
        where: folder,
        what: `the Prefect server (process ${server.pid}) does not end.`,
        next: `End it yourself: kill -9 ${server.pid}`,
      });
    }
  }
  rmSync(descriptionFile(folder), { force: true });
  return found;
}

/**
 * What the server's background services log as errors, by the service: one that fails each minute schedules no run, and
 * the API answers all the same.
 * @returns {{service: string, times: number, error: string}[]} `error` is the last line of the last traceback
 */
export function serviceErrors(home) {
  const found = new Map();
  // 22:31:17.893 | ERROR   | docket.dependencies - ↩ [    90ms] schedule_recent_deployments(){...}, and a traceback.
  for (const entry of (readText(join(home, LOG)) ?? '').split(/^(?=\d\d:\d\d:\d\d\.\d{3} \| )/m)) {
    const [, message] = /^\S+ \| (?:ERROR|CRITICAL) +\| (.*)/.exec(entry) ?? [];
    if (message === undefined) continue;
    const service = /(\w+)\(\)/.exec(message)?.[1] ?? message.split(' - ')[0];
    const error = entry.trimEnd().split('\n').at(-1) ?? '';
    found.set(service, { service, times: (found.get(service)?.times ?? 0) + 1, error });
  }
  return [...found.values()];
}

/** The server that runs on this home, or undefined. One that is still starting is waited for. */
export async function findServer(home, env = {}) {
  const server = describe(home);
  if (!server) return undefined;
  const deadline = Date.parse(server.startedAt) + START_SECONDS * 1000;
  while (alive(server.pid) && (await isPrefectServer(server.pid))) {
    if ((await homeOf(server.apiUrl, env)) === home) return server;
    if (Date.now() > deadline) {
      // Ours, by its process, and deaf: a new one could not open the database beside it.
      await stopServer({ home });
      return undefined;
    }
    await sleep(500);
  }
  rmSync(descriptionFile(home), { force: true });
  return undefined;
}

function handle(home, server, started) {
  return {
    apiUrl: server.apiUrl,
    uiUrl: server.apiUrl.replace(/\/api$/, ''),
    pid: server.pid,
    started,
    stop: async (signal) => void (await stopServer({ home, signal })),
  };
}

/** Starts the process and waits until it answers. Undefined when its port was taken. */
async function launch({ home, python, port, env }) {
  const logFile = join(home, LOG);
  const log = openSync(logFile, 'w');
  const prefect = join(dirname(python), process.platform === 'win32' ? 'prefect.exe' : 'prefect');
  const child = spawn(prefect, ['server', 'start', '--host', HOST, '--port', String(port), '--analytics-off'], {
    // Away from the workspace: Prefect would read a .env, prefect.toml or pyproject.toml of its working directory.
    cwd: home,
    env: serverEnvironment(home, env),
    stdio: ['ignore', log, log],
    detached: true,
    windowsHide: true,
  });
  closeSync(log);
  let ended;
  child.on('error', (error) => (ended = `could not be started: ${error.message}`));
  child.on('exit', (code, signal) => (ended = signal ? `was ended by ${signal}` : `ended with exit code ${code}`));
  child.unref();

  const server = { pid: child.pid, apiUrl: `http://${HOST}:${port}/api`, startedAt: new Date().toISOString() };
  if (child.pid) writeText(descriptionFile(home), `${JSON.stringify(server)}\n`);
  const deadline = Date.now() + START_SECONDS * 1000;
  while (!ended && Date.now() < deadline) {
    if ((await homeOf(server.apiUrl, env)) === home) return server;
    await sleep(250);
  }
  const reason = ended ?? `did not answer within ${START_SECONDS} s`;
  if (!ended) await stopServer({ home });
  rmSync(descriptionFile(home), { force: true });
  const tail = lastLines(logFile);
  if (/Port \d+ is already in use|address already in use/i.test(tail)) return undefined;
  throw new Problem({
    where: logFile,
    what: `the Prefect server ${reason}.`,
    next:
      'The last lines of its log stand below. If its database is broken, delete the folder and start again: ' +
      'registrations come back.',
    detail: tail,
  });
}

/**
 * No setting of the user's shell reaches the server: PREFECT_API_DATABASE_CONNECTION_URL, say, may name a database that
 * matters.
 */
function serverEnvironment(home, more) {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(PREFECT_|PYTHON(HOME|PATH)$)/i.test(name));
  return {
    ...Object.fromEntries(inherited),
    PREFECT_HOME: home,
    PREFECT_SERVER_ANALYTICS_ENABLED: 'false',
    PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT: 'false',
    DO_NOT_TRACK: '1',
    NO_COLOR: '1',
    ...more,
  };
}

/** The home that the server at this address reports, or undefined: it tells ours from any other that took its port. */
async function homeOf(apiUrl, env) {
  const auth = env.PREFECT_SERVER_API_AUTH_STRING;
  const headers = auth ? { Authorization: `Basic ${Buffer.from(auth).toString('base64')}` } : {};
  try {
    const health = await fetch(`${apiUrl}/health`, { headers, signal: AbortSignal.timeout(5000) });
    if (!health.ok || (await health.json()) !== true) return undefined;
    const settings = await fetch(`${apiUrl}/admin/settings`, { headers, signal: AbortSignal.timeout(20_000) });
    return settings.ok ? (await settings.json()).home : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a process id still names a Prefect server: ids are used again after a reboot. */
async function isPrefectServer(pid) {
  if (process.platform === 'linux') return /prefect.*server/s.test(commandLine(pid));
  if (process.platform === 'win32') return true;
  const { stdout } = await capture(['ps', '-o', 'command=', '-p', String(pid)]);
  return /prefect.*server/.test(stdout);
}

function commandLine(pid) {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

function kill(pid, signal) {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

async function gone(pid, seconds) {
  for (const deadline = Date.now() + seconds * 1000; Date.now() < deadline; await sleep(100)) {
    if (!alive(pid) || !(await isPrefectServer(pid))) return true;
  }
  return false;
}

async function freePort(preferred) {
  for (const port of [...preferred.filter(Boolean), 0]) {
    const free = await new Promise((resolve) => {
      const probe = createServer();
      probe.once('error', () => resolve(undefined));
      probe.listen(port, HOST, () => {
        const { port: found } = probe.address();
        probe.close(() => resolve(found));
      });
    });
    if (free) return free;
  }
  throw new Problem({
    where: HOST,
    what: 'no port could be opened.',
    next: 'Look whether this machine lets programs listen on 127.0.0.1.',
  });
}

function portTaken(home, port) {
  return new Problem({
    where: `${HOST}:${port}`,
    what: `the port for the Prefect server of ${home} is taken.`,
    next: 'Choose another one, or end what listens there.',
  });
}

function descriptionFile(home) {
  return join(home, 'server.json');
}

function describe(home) {
  try {
    return JSON.parse(readText(descriptionFile(home)) ?? 'null') ?? undefined;
  } catch {
    return undefined;
  }
}

function portOf(server) {
  return server && Number(new URL(server.apiUrl).port);
}

function lastLines(file, count = 25) {
  return (readText(file) ?? '').trimEnd().split('\n').slice(-count).join('\n');
}
