// Programs are started from argument arrays, never through a shell.
import { spawn } from 'node:child_process';
import { accessSync, constants, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';

const TAIL_LINES = 30;
const WINDOWS = process.platform === 'win32';

/** Runs a program to its end, quietly. `code` is null when it could not be started or was killed. */
export function capture([file, ...args], options = {}) {
  return new Promise((resolve) => {
    const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'], windowsHide: true, ...options });
    const chunks = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr'])
      child[stream].setEncoding('utf8').on('data', (data) => (chunks[stream] += data));
    child.on('error', () => resolve({ code: null, ...chunks }));
    child.on('close', (code) => resolve({ code, ...chunks }));
  });
}

/**
 * Runs a program to its end and gives each line it prints to `onLine`; `tail` holds the last ones, for an error
 * message.
 */
export function follow([file, ...args], { onLine = () => {}, ...options } = {}) {
  return new Promise((resolve) => {
    const tail = [];
    const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'], windowsHide: true, ...options });
    const take = (line) => {
      if (!line.trim()) return;
      tail.push(line);
      if (tail.length > TAIL_LINES) tail.shift();
      onLine(line);
    };
    for (const stream of [child.stdout, child.stderr]) {
      let rest = '';
      stream.setEncoding('utf8').on('data', (data) => {
        const lines = (rest + data).split(/\r\n|\r|\n/);
        rest = lines.pop();
        lines.forEach(take);
      });
      stream.on('end', () => take(rest));
    }
    child.on('error', (error) => resolve({ code: null, tail: error.message }));
    child.on('close', (code) => resolve({ code, tail: tail.join('\n') }));
  });
}

/** Runs a program in the user's terminal. Resolves with its exit code; Ctrl-C reaches it, and us when it has ended. */
export function hand([file, ...args], options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { stdio: 'inherit', ...options });
    const ignore = () => {};
    process.on('SIGINT', ignore);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      process.off('SIGINT', ignore);
      resolve(code ?? (signal === 'SIGINT' ? 130 : 1));
    });
  });
}

/** Absolute paths of a program on PATH, the one that a shell would start first. */
export function onPath(name) {
  const extensions = WINDOWS ? (process.env.PATHEXT ?? '.EXE').split(';') : [''];
  const found = [];
  for (const directory of (process.env.PATH ?? '').split(delimiter)) {
    if (!directory) continue;
    for (const extension of extensions) {
      const file = join(directory, name + extension);
      try {
        accessSync(file, constants.X_OK);
        if (statSync(file).isFile()) found.push(file);
      } catch {
        // not here
      }
    }
  }
  return found;
}

/** npm as the caller's own npm, without npm.cmd, which Node starts through a shell only. */
export function npm(...args) {
  const fromNpm = process.env.npm_execpath;
  if (fromNpm?.endsWith('.js')) return [process.execPath, fromNpm, ...args];
  if (!WINDOWS) return ['npm', ...args];
  return [process.execPath, join(dirname(process.execPath), 'node_modules', 'npm', 'bin', 'npm-cli.js'), ...args];
}

/** A program of an installed Node package, run by this very Node. */
export function nodeProgram(root, packageName, bin, ...args) {
  const manifest = createRequire(join(root, 'package.json')).resolve(`${packageName}/package.json`);
  const { bin: bins } = JSON.parse(readFileSync(manifest, 'utf8'));
  return [process.execPath, join(dirname(manifest), typeof bins === 'string' ? bins : bins[bin]), ...args];
}
