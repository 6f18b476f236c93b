import { readFileSync } from 'node:fs';
import { z } from 'zod';

const options = z.object({ buildEnv: z.array(z.string()).default([]), python: z.string().optional() });

const schema = z.object({
  name: z.string().optional().catch(undefined),
  targets: z.object({ build: z.object({ options }) }).optional().catch(undefined),
});

export interface ProjectJson {
  /** What its author calls the project instead of the inferred name. */
  name?: string;
  /** Environment variables that `targets.build.options.buildEnv` declares. */
  buildEnv: string[];
  /** Interpreter or virtual environment that `targets.build.options.python` names. */
  python?: string;
}

/** Takes the absolute path of a project.json. A broken one says nothing here: Nx itself reports it, with the place. */
export function readProjectJson(file: string): ProjectJson {
  const parsed = schema.safeParse(json(readFileSync(file, 'utf8')));
  if (!parsed.success) return { buildEnv: [] };
  const { name, targets } = parsed.data;
  const { buildEnv = [], python } = targets?.build.options ?? {};
  return { ...(name === undefined ? {} : { name }), ...(python === undefined ? {} : { python }), buildEnv };
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
