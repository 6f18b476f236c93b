import { createHash } from 'node:crypto';
import { z } from 'zod';

/** What a listing says of one object. */
export interface StoredObject {
  /** Bytes. */
  size: number;
  /** Without quotes: the MD5 of the content, where neither KMS nor several parts are in play. */
  etag: string;
}

/** What `<digest>.json` holds. Until version 0.1 it held the digests of the files alone. */
export interface Marker {
  /** Path -> SHA-256. */
  files: Record<string, string>;
  /** Path -> ETag that S3 gave to the object of that content. */
  etags: Record<string, string>;
}

const markerSchema = z.object({ etags: z.record(z.string(), z.string()) });

/** ETags that a marker vouches for; none for a marker that is damaged, or of an older form. */
export function etagsOf(marker: string): Record<string, string> {
  try {
    return markerSchema.parse(JSON.parse(marker)).etags;
  } catch {
    return {};
  }
}

/**
 * Whether an object holds a content. `unsure` where the size fits and the ETag is not the MD5, as in a bucket with a
 * key of KMS: there only the ETag that the upload got can tell.
 */
export function verdict(stored: StoredObject, content: Buffer): 'right' | 'wrong' | 'unsure' {
  if (stored.size !== content.length) return 'wrong';
  return stored.etag === createHash('md5').update(content).digest('hex') ? 'right' : 'unsure';
}

export function withoutQuotes(etag: string | undefined): string {
  return (etag ?? '').replaceAll('"', '');
}
