import { isUtf8 } from 'node:buffer';
import { existsSync, readFileSync } from 'node:fs';
import { basename, join, posix } from 'node:path';
import { sha256 } from '../../core/canonical';
import { FlowError } from '../../core/errors';
import { flowFileOf, isFile } from '../../workspace/flow-places';
import { entrypointFiles, namedEntrypoints } from '../../workspace/prefect-yaml-entrypoints';
import { shippedContent } from '../../workspace/shipped-content';
import type { PrefectYaml } from '../engine';
import type { StagedFlow } from '../staged-flow';

/**
 * The `prefect.yaml` files that Python reads for a flow: the one beside it, and the one at the root if its text has
 * the name of the flow's folder. A large shared file goes only to the flows that it may name.
 */
export function prefectYamlTexts(
  workspaceRoot: string,
  { flow, folder, prefectYaml, sources }: StagedFlow,
): PrefectYaml[] {
  return prefectYaml.flatMap((file) => {
    const content = shippedContent(file, readFileSync(join(workspaceRoot, file)));
    const text = content.toString();
    if (!file.startsWith(`${folder}/`) && !text.includes(basename(folder, '.py'))) return [];
    if (!isUtf8(content)) {
      const next = 'Save it as UTF-8.';
      throw new FlowError({ code: 'prefect-yaml', flow, file, what: "The file can't be read: it is not UTF-8.", next });
    }
    if (sha256(content) !== sources[file]) {
      const what = 'The file changed while the flow was built.';
      throw new FlowError({ code: 'source-changed', flow, file, what, next: 'Run the command again.' });
    }
    return [{ file, text, others: isFile(folder) ? null : othersIn(workspaceRoot, folder, { file, text }) }];
  });
}

function othersIn(workspaceRoot: string, folder: string, { file, text }: { file: string; text: string }): string[] {
  const found = namedEntrypoints(text);
  if ('reason' in found) return []; // Python says why
  const named = found.named.flatMap(({ entrypoint }) => entrypointFiles(entrypoint, file, []));
  return [...new Set(named)].filter(
    (each) => posix.dirname(each) === folder && each !== flowFileOf(folder) && existsSync(join(workspaceRoot, each)),
  );
}
