import { isUtf8 } from 'node:buffer';
import { existsSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { sha256 } from '../../core/canonical';
import { FlowError } from '../../core/errors';
import { flowFileOf, isFile } from '../../workspace/flow-places';
import { entrypointFiles, namedEntrypoints } from '../../workspace/prefect-yaml-entrypoints';
import { partOf } from '../../workspace/prefect-yaml-part';
import { shippedContent } from '../../workspace/shipped-content';
import type { PrefectYaml } from '../engine';
import type { StagedFlow } from '../staged-flow';

/** Of each `prefect.yaml` that declares deployments of a flow, the part that concerns it, as Python reads it. */
export function prefectYamlTexts(
  workspaceRoot: string,
  { flow, folder, files, prefectYaml, sources }: StagedFlow,
): PrefectYaml[] {
  return prefectYaml.flatMap((file) => {
    const content = shippedContent(file, readFileSync(join(workspaceRoot, file)));
    const part = partOf(file, content.toString(), folder);
    const digest = files.some(({ from }) => from === file) ? sha256(content) : part?.digest;
    if (digest !== sources[file]) {
      const what = 'The file changed while the flow was built.';
      throw new FlowError({ code: 'source-changed', flow, file, what, next: 'Run the command again.' });
    }
    if (!part) return [];
    if (!isUtf8(content)) {
      const next = 'Save it as UTF-8.';
      throw new FlowError({ code: 'prefect-yaml', flow, file, what: "The file can't be read: it is not UTF-8.", next });
    }
    const { text } = part;
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
