import { dirname, join } from 'node:path';
import { existsSync } from 'node:fs';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Which of the two loads that must agree: the second has other hashes and, in Python, another clock and host. */
export type Which = 'first' | 'second';

const PASSED_ON = /^(PATH|SYSTEMROOT|SYSTEMDRIVE|COMSPEC|PATHEXT|LD_LIBRARY_PATH|DYLD_\w+)$/i;

/** Whether a load sees this machine's value of a variable that `buildEnv` does not name. */
export function passedOn(name: string): boolean {
  return PASSED_ON.test(name);
}

/**
 * What Python needs to run, and nothing that would make a build depend on who runs it: no token, no profile, no server,
 * one region, one locale.
 * @param folder of the worker: holds `home` and `tmp`
 */
export function workerEnvironment(own: NodeJS.ProcessEnv, folder: string, which: Which): NodeJS.ProcessEnv {
  const home = join(folder, 'home');
  const temporary = join(folder, 'tmp');
  return {
    ...Object.fromEntries(Object.entries(own).filter(([name]) => passedOn(name))),
    HOME: home,
    USERPROFILE: home,
    TMPDIR: temporary,
    TEMP: temporary,
    TMP: temporary,
    PREFECT_HOME: join(home, '.prefect'),
    // Else asking for a Variable at import starts a server for 16 s and silently returns the default.
    PREFECT_SERVER_ALLOW_EPHEMERAL_MODE: 'false',
    PREFECT_SERVER_ANALYTICS_ENABLED: 'false',
    PREFECT_LOGGING_LEVEL: 'ERROR',
    PREFECT_LOGGING_TO_API_ENABLED: 'false',
    PREFECT__LOGGING__LEVEL: 'ERROR',
    DO_NOT_TRACK: '1',
    // A boto3 client at module level looks for a cloud machine's credentials otherwise.
    AWS_EC2_METADATA_DISABLED: 'true',
    // It also needs a region, and no load may depend on which one the machine has.
    AWS_DEFAULT_REGION: 'us-east-1',
    LANG: 'C.UTF-8',
    LC_ALL: 'C.UTF-8',
    TZ: 'UTC',
    PYTHONHASHSEED: which === 'first' ? '0' : '4242',
    PYTHONIOENCODING: 'utf-8',
  };
}

/**
 * What a shim of pyenv, asdf or mise starts. A shim finds its versions in the user's home, which a worker doesn't see;
 * outside a virtual environment nothing tells a shim from an interpreter.
 * @param limit seconds
 */
export async function realInterpreter(python: string, limit: number): Promise<string> {
  const folder = dirname(python);
  if ([folder, dirname(folder)].some((each) => existsSync(join(each, 'pyvenv.cfg')))) return python;
  try {
    const { stdout } = await promisify(execFile)(python, ['-I', '-S', '-c', 'import sys; print(sys.executable)'], {
      env: process.env,
      timeout: limit * 1000,
      windowsHide: true,
    });
    const said = stdout.trim();
    return existsSync(said) ? said : python;
  } catch {
    // The worker's own start says why.
    return python;
  }
}
