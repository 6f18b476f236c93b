// Nx's graph of the workspace in the working directory, and the tasks that `nx affected -t build test --files=<file>`
// picks for each file: many questions in one process. Takes the path of the answer and the files, as JSON.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { createProjectGraphAsync } = require('@nx/devkit');
const { computeAffectedTasks } = require('nx/src/project-graph/affected/affected-tasks');
const { calculateFileChanges } = require('nx/src/project-graph/file-utils');

const { answer, files } = JSON.parse(process.argv[2]);
const nxJson = JSON.parse(readFileSync('nx.json', 'utf8'));
const projectGraph = await createProjectGraphAsync({ exitOnError: false, resetDaemonClient: false });
const affected = {};
for (const file of files) {
  const { affectedTaskIds } = await computeAffectedTasks({
    projectGraph,
    nxJson,
    targets: ['build', 'test'],
    touchedFiles: calculateFileChanges([file], { files: [file] }),
    fileChangeArgs: { files: [file] },
  });
  affected[file] = [...affectedTaskIds].sort();
}
writeFileSync(answer, JSON.stringify({ graph: projectGraph, affected }));
process.exit(0);
