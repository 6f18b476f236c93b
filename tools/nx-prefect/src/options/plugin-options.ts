import { z } from 'zod';
import { FlowError } from '../core/errors';
import { GLOB } from '../core/glob';

/** A folder inside the workspace, with forward slashes: `flows`, `src/flows`. */
const folder = z
  .string()
  .regex(
    /^(?!\/)(?!.*\\)(?!(.*\/)?\.{1,2}(\/|$)).+[^/]$|^[^/.\\]$/,
    'must be a folder inside the workspace, say "flows"',
  );

const glob = z.string().regex(GLOB, 'must be a pattern of paths inside the workspace, say "config/*.yaml"');
const dotted = z.string().regex(/^[^\W\d]\w*(\.[^\W\d]\w*)*$/, 'must be a module, say "acme.mail"');

const targetOptions = z.record(z.string(), z.unknown());

/** Options of the plugin's entry in nx.json. The one definition: types, checks and defaults come from here. */
const pluginOptionsSchema = z.strictObject({
  flowsDirectory: folder.default('flows').meta({ description: 'Folder that holds <project>/<flow>/flow.py.' }),
  libsDirectory: folder.default('libs').meta({ description: 'Folder that holds the shared Python packages.' }),
  sourceRoots: z
    .array(glob.regex(/^(?!.*\*\*)/, 'must name each folder on the way: * stands for one'))
    .min(1)
    .optional()
    .meta({
      description:
        'Folders of shared Python packages, each a lib: ["libs/*", "teams/*/python"]. ' +
        'Default: every folder of libsDirectory.',
    }),
  imports: z
    .record(dotted, z.union([folder, z.literal(false)]))
    .default({})
    .meta({
      description:
        'Where modules come from that several libs define, by the longest prefix: ' +
        '{"acme.mail": "libs/acme-mail"}; false: from no project.',
    }),
  dataFiles: z
    .array(glob)
    .default([])
    .meta({
      description:
        "Files outside of the flows' folders that every flow reads: they ship and count. " +
        "A flow's own are in its project.json.",
    }),
  imagesDirectory: folder
    .default('images')
    .meta({ description: 'Folder that holds <image>/Dockerfile: images that belong to no flow.' }),
  buildEnv: z
    .array(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be the name of an environment variable'))
    .default([])
    .meta({
      description: 'Environment variables that flows may read while they are built. Their values are inputs of build.',
    }),
  packageNames: z.record(dotted, z.string().min(1)).default({}).meta({
    description:
      'Names of packages whose modules are called otherwise, by module: {"yaml": "PyYAML"}. The best known are known.',
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
