import { z } from 'zod';
import { FlowError } from '../core/errors';
import { GLOB } from '../core/glob';
import { schema as build } from './build-options';
import { schema as register } from './register-options';
import { schema as test } from './test-options';

/** A folder inside the workspace, with forward slashes: `flows`, `src/flows`. */
const folder = z
  .string()
  .regex(
    /^(?!\/)(?!.*\\)(?!(.*\/)?\.{1,2}(\/|$)).+[^/]$|^[^/.\\]$/,
    'must be a folder inside the workspace, for example "flows"',
  );

const glob = z.string().regex(GLOB, 'must be a pattern of paths inside the workspace, for example "config/*.yaml"');
const dotted = z.string().regex(/^[^\W\d]\w*(\.[^\W\d]\w*)*$/, 'must be a module, for example "acme.mail"');

const targetOptions = z.record(z.string(), z.unknown());

/** Only options that the target has: a setting that nothing reads is a mistake. */
function optionsOf({ shape }: { shape: object }) {
  return z.partialRecord(z.enum(Object.keys(shape)), z.unknown()).optional();
}

const settingsOfTargets = { build: optionsOf(build), register: optionsOf(register), test: optionsOf(test) };

/** What some flows have instead of a project.json. */
const settings = z.strictObject({
  flows: glob,
  ...settingsOfTargets,
  configurations: z.record(z.string().min(1), z.strictObject(settingsOfTargets)).default({}),
});

export type FlowSettings = z.output<typeof settings>;

/** Options of the plugin's entry in nx.json. The one definition: types, checks and defaults come from here. */
export const pluginOptionsSchema = z.strictObject({
  flowsDirectory: folder
    .default('flows')
    .meta({ description: 'Folder that holds <project>/<flow>/flow.py, at any depth.' }),
  flows: z
    .array(glob)
    .default([])
    .meta({
      description:
        'Other files that are flows, each a project of its own: ["flows/*.py", "src/*/flows/*.py"]. ' +
        'Every entrypoint of a prefect.yaml is one too.',
    }),
  settings: z
    .array(settings)
    .default([])
    .meta({
      description:
        'Options of the targets of some flows, by a pattern of their files; a later entry wins: ' +
        '[{"flows": "flows/sales_*.py", "register": {"workPool": "sales"}, "configurations": {"staging": ...}}].',
    }),
  libsDirectory: folder.default('libs').meta({ description: 'Folder that holds the shared Python packages.' }),
  sourceRoots: z
    .array(glob.regex(/^(?!.*\*\*)/, 'must name each folder on the way: * stands for one'))
    .min(1)
    .optional()
    .meta({
      description:
        'Patterns of folders that are libs: ["libs/*", "teams/*/python"]. Default: every folder in libsDirectory.',
    }),
  imports: z
    .record(dotted, z.union([folder, z.literal(false)]))
    .default({})
    .meta({
      description:
        'The project of a module that several libs define, by the longest prefix: ' +
        '{"acme.mail": "libs/acme-mail"}. false means no project.',
    }),
  dataFiles: z
    .array(glob)
    .default([])
    .meta({
      description:
        "Files outside the flows' folders that every flow reads, as patterns: config/*.yaml. " +
        'Files of one flow belong in the build options of its project.json.',
    }),
  imagesDirectory: folder
    .default('images')
    .meta({ description: 'Folder of images that belong to no flow: <image>/Dockerfile below it.' }),
  buildEnv: z
    .array(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be the name of an environment variable'))
    .default([])
    .meta({
      description:
        'Names of environment variables that every flow may read while it is loaded. Their values count as source.',
    }),
  packageNames: z.record(dotted, z.string().min(1)).default({}).meta({
    description: 'The package of a module that has another name: {"yaml": "PyYAML"}. The best known ones are built in.',
  }),
  build: targetOptions.default({}).meta({ description: 'Default options of every build target.' }),
  register: targetOptions.default({}).meta({ description: 'Default options of every register and plan target.' }),
  test: targetOptions.default({}).meta({ description: 'Default options of every test target.' }),
  'docker-deploy': targetOptions.default({}).meta({ description: 'Default options of every docker-deploy target.' }),
});

export type PluginOptions = z.output<typeof pluginOptionsSchema>;

/**
 * Takes what nx.json says (undefined where the plugin is named without options). Throws one {@link FlowError} for all
 * that is wrong.
 */
export function parsePluginOptions(options: unknown): PluginOptions {
  const parsed = pluginOptionsSchema.safeParse(options ?? {});
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) =>
    path.length ? `${path.join('.')}: ${message}` : message,
  );
  throw new FlowError({
    code: 'plugin-options',
    file: 'nx.json',
    what: `The options of the plugin nx-prefect are wrong: ${problems.join('; ')}.`,
    next: `Correct them under "plugins"; known are ${Object.keys(pluginOptionsSchema.shape).join(', ')}.`,
    cause: parsed.error,
  });
}
