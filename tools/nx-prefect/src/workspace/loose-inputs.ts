import { FROM_ROOT } from './data-files';

/** Name of the input of a project: the files that ship with it and lie in no folder that ships whole. */
export const REACHED = 'reachedFiles';
/** Name of the input that says below which folders these ship at the top as well. No target has it. */
export const AT_TOP = 'sourceRoots';

/** Name of the input of a project: test modules outside of its folder. */
export const TEST_MODULES = 'testModules';

/** What decides where a project's loose files ship. */
interface NamedInputs {
  namedInputs?: Record<string, readonly unknown[]> | undefined;
}

/** Paths below the workspace root, as Nx takes them among inputs. */
export function looseInputs(paths: readonly string[]): string[] {
  return paths.map(escaped);
}

/** A character that means something in a pattern stands as "any one". */
export function escaped(path: string): string {
  return `${FROM_ROOT}${path.replace(/[\\!()[\]{}|+@*?,]/g, '?')}`;
}

/** What {@link looseInputs} made of, read back from a project: what ships is what counts. */
export function looseOf({ namedInputs = {} }: NamedInputs): {
  reached: string[];
  sourceRoots: string[];
  testModules: string[];
} {
  const paths = (name: string) => (namedInputs[name] ?? []).map((input) => String(input).slice(FROM_ROOT.length));
  return { reached: paths(REACHED), sourceRoots: paths(AT_TOP), testModules: paths(TEST_MODULES) };
}
