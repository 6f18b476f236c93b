// A program of its own: node ends-with-parent.js <program> <argument>... runs a program that is ended as soon as the
// process that asked for it is gone, however that ended: descriptor 3 is a pipe that nobody else holds open.
import { spawn } from 'node:child_process';
import { Socket } from 'node:net';

const [program = '', ...args] = process.argv.slice(2);
const child = spawn(program, args, { stdio: 'inherit' });
new Socket({ fd: 3 })
  .on('error', () => undefined)
  .on('close', () => child.kill('SIGTERM'))
  .resume();
// What a terminal sends reaches the child too, which decides what to make of it.
for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined);
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.on('error', () => process.exit(127));
child.on('exit', (code) => process.exit(code ?? 1));
