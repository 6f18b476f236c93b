/**
 * A pattern of paths relative to the workspace root, as Nx reads it among inputs: `*` and `?` within a folder's or
 * file's name, `**` for any folders, `{a,b}` for either. The rest of what Nx's own patterns can do is refused by {@link
 * GLOB}.
 */
export function globPattern(glob: string): RegExp {
  let source = '';
  let inBraces = false;
  for (const [part] of glob.matchAll(/\*\*\/|\*\*|./gs)) {
    if (part === '**/') source += '(?:.*/)?';
    else if (part === '**') source += '.*';
    else if (part === '*') source += '[^/]*';
    else if (part === '?') source += '[^/]';
    else if (part === '{') source += '(?:';
    else if (part === '}') source += ')';
    else if (part === ',' && inBraces) source += '|';
    else source += part.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
    if (part === '{' || part === '}') inBraces = part === '{';
  }
  return new RegExp(`^${source}$`, 's');
}

/**
 * What {@link globPattern} takes: inside the workspace, without `!`, `[...]`, `(...)`, nested braces, or a `**` beside
 * other characters.
 */
export const GLOB = new RegExp(
  [
    /^(?!\/)(?!.*\/$)/, // no slash at its start or end
    /(?!(?:.*\/)?\.{1,2}(?:\/|$))/, // no part . or ..
    /(?!.*\*\*[^/])(?!.*[^/]\*\*)/, // ** is a whole part
    /(?:[^\\!()[\]{}|+@]|\{[^\\!()[\]{}/*|+@]*\})+$/,
  ]
    .map(({ source }) => source)
    .join(''),
);
