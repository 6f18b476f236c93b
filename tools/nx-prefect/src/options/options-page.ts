import { z } from 'zod';
import { schema as build } from './build-options';
import { schema as dockerDeploy } from './docker-deploy-options';
import { schema as ciGenerator } from './ci-generator-options';
import { schema as flowGenerator } from './flow-generator-options';
import { schema as imageGenerator } from './image-generator-options';
import { schema as init } from './init-options';
import { schema as libGenerator } from './lib-generator-options';
import { pluginOptionsSchema } from './plugin-options';
import { schema as plan } from './plan-options';
import { schema as prune } from './prune-options';
import { schema as register } from './register-options';
import { schema as status } from './status-options';
import { schema as test } from './test-options';

/** Without the options that `register` has as well. */
const planOnly = z.object(
  Object.fromEntries(Object.entries(plan.shape).filter(([name]) => !(name in register.shape))) as z.ZodRawShape,
);

type Property = z.core.JSONSchema.JSONSchema;

const SECTIONS: [title: string, intro: string, schema: z.ZodType][] = [
  ['build', 'For flows. These options decide how the flow is loaded, and which files ship.', build],
  ['register', 'For flows.', register],
  ['plan', 'For flows. It takes the options of `register` too, but writes nothing.', planOnly],
  ['prune', 'Of the whole workspace: `npx nx-prefect prune`. Guide: [operating](../operating.md).', prune],
  ['status', 'Of the whole workspace: `npx nx-prefect status`. Guide: [operating](../operating.md).', status],
  ['test', 'For flows and libs.', test],
  ['docker-deploy', 'For projects with a Dockerfile. Guide: [images](../docker.md).', dockerDeploy],
  [
    'The plugin in nx.json',
    'Set in `nx.json` only: `{ "plugins": [{ "plugin": "nx-prefect", "options": { ... } }] }`.',
    pluginOptionsSchema,
  ],
  [
    'init',
    'Typed: `npx nx-prefect init`, or `npx nx g nx-prefect:init` where Nx is. ' +
      'Guide: [getting started](../getting-started.md).',
    init,
  ],
  ['The generator flow', 'Typed: `npx nx g nx-prefect:flow project_3/flow9`.', flowGenerator],
  ['The generator lib', 'Typed: `npx nx g nx-prefect:lib alerts`.', libGenerator],
  ['The generator image', 'Typed: `npx nx g nx-prefect:image etl`.', imageGenerator],
  ['The generator ci', 'Typed: `npx nx g nx-prefect:ci github`.', ciGenerator],
];

const WHERE = `The options of a target can be set in four places. The first one that sets an option wins:

1. on the command line: \`npx nx run project_1-flow1:register --workPool=ecs\`. This also wins over the flow itself.
2. in the flow's \`project.json\`: \`{ "targets": { "register": { "options": { "workPool": "ecs" } } } }\`, also as
   a named configuration, which \`-c staging\` chooses.
3. in \`nx.json\` under \`targetDefaults\`.
4. in \`nx.json\` with the plugin, for all flows:
   \`{ "plugin": "nx-prefect", "options": { "register": { "workPool": "ecs" } } }\`.

A value that the flow sets itself, in code or in a \`prefect.yaml\`, wins over 2 to 4: [registering](../registering.md).
Lists are typed with commas (\`--tags=a,b\`), objects as JSON or by field (\`--jobVariables.cpu=512\`).
\`--help\` after a task shows the same texts.`;

/** The text of docs/reference/options.md: `npm run schemas` writes it. */
export function optionsPage(): string {
  return [
    '<!-- Written by `npm run schemas -w nx-prefect` from tools/nx-prefect/src/options: edit it there. -->',
    '# Options',
    WHERE,
    ...SECTIONS.map(([title, intro, schema]) => `## ${title}\n\n${intro}\n\n${table(schema)}`),
  ]
    .join('\n\n')
    .concat('\n');
}

function table(schema: z.ZodType): string {
  const { properties = {} } = z.toJSONSchema(schema, { io: 'input' });
  const parsed = schema.safeParse({});
  const defaults = (parsed.data ?? {}) as Record<string, unknown>;
  const rows = Object.entries(properties).map(([name, property]) => row(name, property as Property, defaults[name]));
  return ['| option | type | default | what it does |', '|---|---|---|---|', ...rows].join('\n');
}

/** A description may end with its default in words. */
function row(name: string, property: Property, value: unknown): string {
  const [, does = '', words] = /^(.*?)(?: Default: (.*)\.)?$/s.exec(property.description ?? '') ?? [];
  const cells = [`\`${name}\``, typeOf(property), shown(value) ?? escaped(words ?? 'none'), escaped(does)];
  return `| ${cells.join(' | ')} |`;
}

function shown(value: unknown): string | undefined {
  if (value === undefined || (typeof value === 'object' && Object.keys(value as object).length === 0)) return undefined;
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
}

function typeOf({ type, enum: values, anyOf = [] }: Property): string {
  if (values) return values.map((value) => `\`${String(value)}\``).join(', ');
  if (anyOf.length > 0) return anyOf.map((one) => typeOf(one as Property)).join(' or ');
  return { array: 'list', string: 'text', boolean: 'true or false' }[String(type)] ?? String(type);
}

/** Tables divide at bars, and Markdown takes <x> for HTML, also in text. */
function escaped(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('*', '\\*').replaceAll('<', '&lt;');
}
