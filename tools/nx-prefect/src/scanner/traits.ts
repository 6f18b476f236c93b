/** Raise it when an answer changes: kept ones of unchanged files are then read again. */
export const TRAITS_VERSION = 1;

/** What a Python file does that its import statements don't tell. */
export interface Traits {
  /** It may import modules that no statement names. */
  importsUnnamed: boolean;
  /** It looks for files beside its own. */
  readsBeside: boolean;
  /** It may declare deployments of flows that it imports. */
  declares: boolean;
}

const UNNAMED = /\b(?:__import__|import_module|pkgutil|runpy|__path__|spec_from_file_location)\b/;
const BESIDE =
  /\b(?:__file__|get_data|importlib_resources|pkg_resources)\b|\bimportlib(?:\.|\s+import\s+[^\n]*)resources\b/;

const DECLARING = /deploy|serve/;

/** By its text: a word in a comment or a string counts too, which ships more than needed and never less. */
export function traitsOf(source: string): Traits {
  return { importsUnnamed: UNNAMED.test(source), readsBeside: BESIDE.test(source), declares: DECLARING.test(source) };
}
