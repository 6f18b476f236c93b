import { z } from 'zod';

/** A SHA-256 as it names files and folders: nothing else may. */
export const digest = z.string().regex(/^[0-9a-f]{64}$/);

/** A path that stays below the folder that it is joined to, on each operating system. */
const shippedPath = z.string().refine((path) => {
  const isAbsolute = /^([A-Za-z]:|[\\/])/.test(path);
  return !isAbsolute && !path.includes('\0') && path.split(/[\\/]/).every((part) => !['', '.', '..'].includes(part));
});

export const digestsByPath = z.record(shippedPath, digest);
