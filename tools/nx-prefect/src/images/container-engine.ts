import { execa } from 'execa';
import { FlowError } from '../core/errors';

export type EngineName = 'docker' | 'podman' | 'buildah';

/** A container engine that answers. */
export interface Engine {
  name: EngineName;
  version: string;
  /** docker only: what builds. `classic` knows no secrets and no other platforms. */
  builder?: 'buildx' | 'buildkit' | 'classic';
}

const ALL: readonly EngineName[] = ['docker', 'podman', 'buildah'];

/**
 * The engine that was asked for, else the first that answers.
 * @throws FlowError `no-engine` where none is installed, `engine-stopped` where one is and does not answer
 */
export async function findEngine(wanted?: EngineName): Promise<Engine> {
  const silent: { name: EngineName; reason: string }[] = [];
  for (const name of wanted ? [wanted] : ALL) {
    const answer = await (name === 'docker' ? askDocker() : ask(name));
    if (typeof answer === 'object') return answer;
    if (answer !== undefined) silent.push({ name, reason: answer });
  }
  const [first] = silent;
  if (!first) {
    const names = wanted ?? 'docker, podman or buildah';
    throw new FlowError({
      code: 'no-engine',
      what: `No container engine was found: ${names} is not on the PATH.`,
      next: 'Install one (https://docs.docker.com/engine/install), or correct the option "engine".',
    });
  }
  throw new FlowError({
    code: 'engine-stopped',
    what: `${first.name} is installed, but its engine does not answer: ${first.reason}`,
    next: howToStart(first),
  });
}

function howToStart({ name, reason }: { name: EngineName; reason: string }): string {
  if (/permission denied/i.test(reason))
    return `Let this user use it: sudo usermod -aG ${name} $USER, and log in again.`;
  if (name === 'docker') return 'Start Docker Desktop, or: sudo systemctl start docker.';
  return `Run \`${name} info\` to see what it lacks.`;
}

/** @returns the engine, why it does not answer, or undefined where it is not installed */
async function askDocker(): Promise<Engine | string | undefined> {
  const asked = await execa('docker', ['version', '--format', '{{json .}}'], { reject: false, stdin: 'ignore' });
  if (asked.code === 'ENOENT') return undefined;
  const { Client, Server } = parsed(asked.stdout);
  // podman-docker puts podman there under docker's name: it is found as podman.
  if (/podman/i.test(`${asked.stdout}${asked.stderr}`)) return undefined;
  if (!Server?.Version) return firstLine(asked.stderr || asked.stdout || asked.shortMessage || '');
  return { name: 'docker', version: Server.Version, builder: await builderOf(Client?.Version ?? '') };
}

/** Clients before 23 have BuildKit built in; later ones need the plugin, and without it build as in old times. */
async function builderOf(client: string): Promise<Engine['builder'] & {}> {
  if (process.env['DOCKER_BUILDKIT'] === '0') return 'classic';
  const { failed } = await execa('docker', ['buildx', 'version'], { reject: false, stdin: 'ignore' });
  if (!failed) return 'buildx';
  return Number.parseInt(client, 10) < 23 ? 'buildkit' : 'classic';
}

async function ask(name: EngineName): Promise<Engine | string | undefined> {
  const asked = await execa(name, ['info'], { reject: false, stdin: 'ignore' });
  if (asked.code === 'ENOENT') return undefined;
  if (asked.failed) return firstLine(asked.stderr || asked.shortMessage || '');
  const { stdout } = await execa(name, ['--version'], { reject: false, stdin: 'ignore' });
  return { name, version: /\d+(\.\d+)+/.exec(stdout)?.[0] ?? '' };
}

interface DockerVersions {
  Client?: { Version?: string };
  Server?: { Version?: string } | null;
}

function parsed(text: string): DockerVersions {
  try {
    return JSON.parse(text) as DockerVersions;
  } catch {
    return {};
  }
}

function firstLine(text: string): string {
  return text.trim().split('\n')[0]?.trim() ?? '';
}
