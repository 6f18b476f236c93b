import type { TargetConfiguration } from '@nx/devkit';
import { globPattern } from '../core/glob';
import { type FlowNote, ofWorkspace } from '../workspace/flow-files';
import type { FlowSettings, PluginOptions } from '../options/plugin-options';

type Target = 'build' | 'register' | 'test';
type Configurations = NonNullable<TargetConfiguration['configurations']>;

/** The plugin's options as they are for one flow, with what its configurations say of each target. */
export interface OptionsOfFlow extends PluginOptions {
  configurations: Record<Target, Configurations>;
}

const patterns = new Map<string, RegExp>();

/** @param file the flow's, relative to the workspace root */
export function optionsOfFlow(file: string, options: PluginOptions): OptionsOfFlow {
  const configurations: OptionsOfFlow['configurations'] = { build: {}, register: {}, test: {} };
  const found = { ...options, configurations };
  for (const each of options.settings) {
    if (!matches(each.flows, file)) continue;
    for (const target of ['build', 'register', 'test'] as const) {
      found[target] = { ...found[target], ...each[target] };
      for (const [name, settings] of Object.entries(each.configurations))
        if (settings[target])
          configurations[target][name] = { ...(configurations[target][name] as object), ...settings[target] };
    }
  }
  return found;
}

/** A note for each entry of the option `settings` that is about no flow. */
export function settingsNotes(settings: readonly FlowSettings[], files: readonly string[]): FlowNote[] {
  return settings
    .filter(({ flows }) => !files.some((file) => matches(flows, file)))
    .map(({ flows }) => ofWorkspace(`nx.json: the pattern ${flows} of the option "settings" matches no flow.`));
}

/** Values of a list option of `build` under any configuration: all of them are inputs. */
export function listedForBuild({ build, configurations }: OptionsOfFlow, name: 'buildEnv' | 'dataFiles'): string[] {
  const all = [build, ...Object.values(configurations.build as Record<string, Record<string, unknown>>)];
  return all.flatMap(({ [name]: value }) => (Array.isArray(value) ? value.map(String) : []));
}

function matches(glob: string, file: string): boolean {
  let pattern = patterns.get(glob);
  if (!pattern) patterns.set(glob, (pattern = globPattern(glob)));
  return pattern.test(file);
}
