// Runs the plugin's batch executor as Nx does, without Nx: a run takes milliseconds instead of seconds.
// Takes { root, graph, ids, options, env, full } for each run by IPC, and answers with the outcomes.
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';

const require = createRequire(import.meta.url);
const { batch } = require('../../../nx-prefect/dist/executors/flow/executor.js');
const own = { ...process.env };

process.on('message', ({ root, graph, ids, options, env, full }) => {
  void (async () => {
    if (full) {
      const folder = resolve(root, full.folder);
      mkdirSync(folder, { recursive: true });
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${full.kib}k`, 'tmpfs', folder]);
    }
    for (const name of Object.keys(process.env)) if (!(name in own)) delete process.env[name];
    Object.assign(process.env, own, env);
    const tasks = Object.fromEntries(
      ids.map((id) => {
        const [project, target] = id.split(':');
        return [id, { id, target: { project, target }, overrides: {}, outputs: [], parallelism: true }];
      }),
    );
    const dependencies = Object.fromEntries(
      ids.map((id) => {
        const build = id.replace(/:.*/, ':build');
        return [id, id !== build && build in tasks ? [{ id: build }] : []];
      }),
    );
    const taskGraph = { roots: ids, tasks, dependencies, continuousDependencies: {} };
    const given = Object.fromEntries(
      ids.map((id) => {
        const { project, target } = tasks[id].target;
        return [id, { ...graph.nodes[project].data.targets[target].options, ...(target === 'build' ? {} : options) }];
      }),
    );
    const context = { root, cwd: root, isVerbose: false, projectGraph: graph, taskGraph };
    const outcomes = [];
    for await (const outcome of batch(taskGraph, given, {}, context)) outcomes.push(outcome);
    process.send(outcomes);
  })();
});
process.on('disconnect', () => process.exit());
