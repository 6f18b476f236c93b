import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type InitOptions, schema } from '../options/init-options';
import { parseOptions } from '../options/parse-options';
import { asker } from '../report/ask';
import { foundLines, noFlowLines, openLines, undoneLines, writtenLines } from '../report/init-lines';
import { show } from '../report/terminal';
import { foundRows } from '../verbs/init/found-rows';
import { type Init, prepareInit } from '../verbs/init/init';
import { undo } from '../verbs/init/record';
import { runPlan } from '../verbs/init/run-plan';

/** `npx nx-prefect init`: with or without Nx in the repository. @returns the exit code */
export async function runInit(workspaceRoot: string, given: object, help: string): Promise<number> {
  const options = parseOptions(schema, 'init', given, help);
  if (options.undo) {
    show(undoneLines(undo(workspaceRoot)));
    return 0;
  }
  const init = await prepareInit(workspaceRoot, options, asker());
  show(foundLines(foundRows(init.findings)));
  for (const { path, content } of init.edits.length === 0 ? [] : [init.record, ...init.edits]) {
    mkdirSync(dirname(join(workspaceRoot, path)), { recursive: true });
    writeFileSync(join(workspaceRoot, path), content);
  }
  show(writtenLines(init.edits.map(({ path }) => path)));
  if (init.installs) await init.packages.install();
  return finishInit(workspaceRoot, options, init);
}

/** What is left to do, or the plan. @returns the exit code */
export async function finishInit(workspaceRoot: string, { plan }: InitOptions, init: Init): Promise<number> {
  if (init.open.length > 0) {
    show(openLines(init.open, `${init.packages.words.exec} nx run-many -t plan`));
    return 1;
  }
  if (init.findings.flows.flows.length === 0) {
    show(noFlowLines(`${init.packages.words.exec} nx g nx-prefect:flow sales/daily`));
    return 0;
  }
  return plan ? runPlan(workspaceRoot) : 0;
}
