import { posix } from 'node:path';
import { patternsOf } from '../images/ignore-file';
import { type ImagePlace, placesOf } from '../images/places';
import { globPattern } from '../core/glob';

/**
 * Inputs that say which changes ask for an image: the Dockerfile, the ignore files, and what of the context is not
 * ignored. Only `nx affected` reads them, so one file too many costs a call to ECR, and one too few an image: where an
 * exception (`!`) comes after a pattern, the pattern is left out.
 *
 * @param ignoreText content of the ignore file that governs
 * @param contexts more folders that the build reads, from the workspace root
 */
export function imageInputs(place: ImagePlace, ignoreText: string, contexts: readonly string[] = []): string[] {
  const { dockerfile, context } = placesOf(place);
  const at = (path: string) => `{workspaceRoot}/${posix.join(context, path)}`;
  const patterns = patternsOf(ignoreText);
  const everything = patterns.findLastIndex((pattern) => pattern === '*' || pattern === '**');
  const later = patterns.slice(everything + 1);
  const exceptions = later.filter((pattern) => pattern.startsWith('!')).map((pattern) => pattern.slice(1));
  const last = later.findLastIndex((pattern) => pattern.startsWith('!'));
  // The Dockerfile counts whether or not the engine is sent it, and so do the ignore files.
  const always = [dockerfile, `${dockerfile}.dockerignore`, posix.join(context, '.dockerignore')].map((file) =>
    posix.relative(context, file),
  );
  const ignored = later.filter(
    (pattern, position) =>
      position > last && isGlob(pattern) && !always.some((file) => globPattern(pattern).test(file)),
  );
  return [
    ...(everything < 0
      ? [at('**/*')]
      : exceptions.flatMap((pattern) => (isGlob(pattern) ? [at(pattern), at(`${pattern}/**/*`)] : [at('**/*')]))),
    ...ignored.flatMap((pattern) => [`!${at(pattern)}`, `!${at(`${pattern}/**/*`)}`]),
    ...contexts.map((folder) => `{workspaceRoot}/${posix.join(folder, '**/*')}`),
    `{workspaceRoot}/${dockerfile}`,
    `{workspaceRoot}/${dockerfile}.dockerignore`,
    at('.dockerignore'),
  ];
}

/** Whether a rule means the same to Nx: in letters that are more to one of the two, or a `**` beside others, not. */
function isGlob(pattern: string): boolean {
  return !/[[\]\\{}()|+^@$]|[^/]\*\*|\*\*[^/]/.test(pattern);
}
