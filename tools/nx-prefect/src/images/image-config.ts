import { z } from 'zod';
import { FlowError } from '../core/errors';
import { asker } from '../core/network/ask';
import { routeTo } from '../core/network/route';
import { limitsFrom } from '../core/limits';
import { type HeldImage, digestsOf } from './held-image';

/** What an image says of itself. */
export interface ImageConfig {
  labels: Record<string, string>;
  /** Absolute; where its processes start. */
  workingDirectory: string;
}

const manifestSchema = z.object({ config: z.object({ digest: z.string() }).optional() });

/** Where an image's configuration lies; or, of a list, the first image in it: they are alike in what is read here. */
export function configDigest(held: HeldImage): { layerDigest?: string | undefined; image?: string | undefined } {
  const { config } = manifestSchema.parse(JSON.parse(held.manifest));
  return config === undefined ? { image: digestsOf(held)[0] } : { layerDigest: config.digest };
}

const configSchema = z.object({
  config: z.object({ Labels: z.record(z.string(), z.string()).nullish(), WorkingDir: z.string().nullish() }).nullish(),
});

/** @param text the image's configuration, as the OCI and docker write it */
export function imageConfig(text: string): ImageConfig {
  const { config } = configSchema.parse(JSON.parse(text));
  return { labels: config?.Labels ?? {}, workingDirectory: config?.WorkingDir || '/' };
}

/** Reads what ECR gave an address for. @throws FlowError `aws-failed` */
export async function download(url: string, repository: string): Promise<string> {
  const route = routeTo(url, process.env, { variables: ['AWS_CA_BUNDLE', 'SSL_CERT_FILE'] });
  const ask = asker(route, limitsFrom(process.env).silenceMs);
  const failed = (reason: string, cause?: unknown) =>
    new FlowError({
      code: 'aws-failed',
      what: `The configuration of an image in the repository ${repository} can't be downloaded: ${reason}.`,
      next: 'Run the command again. If the error stays, check the way to S3, from which ECR serves it.',
      cause,
    });
  const answer = await ask(url, { method: 'GET', headers: {} }).catch((error: Error) => {
    throw failed(error.message, error);
  });
  if (answer.status !== 200) throw failed(`it answers ${answer.status}`);
  return answer.text;
}
