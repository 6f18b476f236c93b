// Runs a program until its own standard input ends: node ends-with-stdin.mjs <program> <arguments...>. So a server that
// does not look at its input outlives no test that started it, whatever ends that.
import { spawn } from 'node:child_process';

const [program, ...args] = process.argv.slice(2);
const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit'] });
child.on('exit', (code) => process.exit(code ?? 0));
process.stdin.on('end', () => child.kill());
process.stdin.resume();
