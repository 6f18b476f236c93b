import type { ExecutorContext, TargetConfiguration } from '@nx/devkit';
import { sha256 } from '../core/canonical';
import { FlowError } from '../core/errors';
import { projectFiles } from '../workspace/nx-files';
import { readShipped } from '../workspace/read-shipped';
import { codeDigest } from '../workspace/shipped-content';
import { shippedFiles } from '../workspace/shipment';
import { type Content, contentTag } from './content-tag';

/** A flow that runs the code in an image. */
export interface FlowCode {
  /** Nx project. */
  flow: string;
  /** Of what ships, as its manifest has it. */
  digest: string;
  /** Workspace paths of what ships. */
  files: string[];
}

const OF_FLOW = 'nx-prefect.code.';
const DIGITS = 32;
/** The label for all that is in the image beside the code of its flows. */
export const REST = 'nx-prefect.rest';

/** The label for one flow's code, and its value. */
export function codeLabel(flow: string, digest: string): [name: string, value: string] {
  return [`${OF_FLOW}${flow}`, digest.slice(0, DIGITS)];
}

/** The flows that an image holds the code of: `register` is told so by `code: image`, in any of its configurations. */
export async function flowsIn(project: string, { root, projectGraph }: ExecutorContext): Promise<FlowCode[]> {
  const flows = Object.values(projectGraph.nodes).filter(({ name, data }) =>
    imagesOf(name, data.targets?.['register']).includes(project),
  );
  if (flows.length === 0) return [];
  const files = await projectFiles(root, projectGraph);
  return flows.flatMap(({ name: flow }) => {
    try {
      const shipped = shippedFiles(flow, projectGraph, files);
      const digests = shipped.map(({ from, to }) => [to, sha256(readShipped(root, from).content)]);
      return { flow, digest: codeDigest(Object.fromEntries(digests)), files: shipped.map(({ from }) => from) };
    } catch (error) {
      // It can't be registered either, and that says why.
      if (error instanceof FlowError) return [];
      throw error;
    }
  });
}

function imagesOf(flow: string, target: TargetConfiguration | undefined): string[] {
  const { options = {}, configurations = {} } = target ?? {};
  return [options, ...Object.values(configurations).map((more) => ({ ...options, ...more }))].flatMap((each) => {
    const { code, image } = each as { code?: unknown; image?: { projectOf?: string } };
    return code === 'image' ? [image?.projectOf ?? flow] : [];
  });
}

/**
 * Labels that say whose code an image holds, as of which digest, and what else there is: a registration moves to
 * another image only where one of its own two changed. A flow whose files the build is not sent has none.
 *
 * @param context of the build, from the workspace root
 */
export function codeLabels(flows: readonly FlowCode[], context: string, content: Content): Record<string, string> {
  const sent = new Set(content.files.map(({ path }) => (context === '.' ? path : `${context}/${path}`)));
  const held = flows.filter(({ files }) => files.every((file) => sent.has(file)));
  if (held.length === 0) return {};
  const ofFlows = new Set(held.flatMap(({ files }) => files.flatMap((file) => [file, ...foldersAbove(file)])));
  const rest = content.files.filter(({ path }) => !ofFlows.has(context === '.' ? path : `${context}/${path}`));
  return {
    ...Object.fromEntries(held.map(({ flow, digest }) => codeLabel(flow, digest))),
    [REST]: contentTag({ ...content, files: rest, platforms: [] }),
  };
}

function foldersAbove(file: string): string[] {
  const parts = file.split('/').slice(0, -1);
  return parts.map((_, at) => parts.slice(0, at + 1).join('/'));
}
