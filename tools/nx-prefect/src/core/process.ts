import { readFileSync, readlinkSync } from 'node:fs';

/** Whether a process of this id runs on this machine: one that ended, and whose parent has not asked, does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^[ZX]/.test(statOf(pid));
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** When a process started, in a form that only means something in comparison; empty where the system does not say. */
export function startOf(pid: number): string {
  // Field 22 of proc(5); the text begins at field 3.
  return statOf(pid).split(' ')[19] ?? '';
}

/** Whether the process of this id is still the one that started then: ids come again. */
export function isStill(pid: number, start: string | undefined): boolean {
  return isAlive(pid) && startOf(pid) === start;
}

/** Fields of a process from its state on, which follow its name, which may hold spaces; empty where there are none. */
function statOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '');
  } catch {
    return '';
  }
}

/** The namespace in which this process's id counts: containers have ids of their own. Empty where there are none. */
export function pidNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid').replace(/\D/g, '');
  } catch {
    return '';
  }
}
