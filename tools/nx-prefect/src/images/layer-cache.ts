import type { RepositorySettings } from '../options/docker-deploy-options';

/** The repository beside an image's own with the layers of earlier builds: tags move there, and nothing is scanned. */
export function cacheOf(repository: string): string {
  return `${repository}/cache`;
}

const DAYS = 30;

/** Each build writes again what it uses, so that what is old is not used any more. */
export function cacheSettings({ encryption }: RepositorySettings): RepositorySettings {
  const selection = { tagStatus: 'any', countType: 'sinceImagePushed', countUnit: 'days', countNumber: DAYS };
  const lifecyclePolicy = { rules: [{ rulePriority: 1, selection, action: { type: 'expire' } }] };
  return { scanOnPush: false, immutableTags: false, mutableTags: [], encryption, lifecyclePolicy };
}
