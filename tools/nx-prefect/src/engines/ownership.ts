import { FlowError } from '../core/errors';

export type Ownership = 'ours' | 'unmarked' | 'taken-over';

export interface Claim {
  /** Nx project. */
  flow: string;
  /** `deployment sales/default` */
  registration: string;
  workspaceId: string;
  takeOver: boolean;
}

/**
 * Whose a registration with these marks is. One without a mark (a script's, or ours after a foreign registration) may
 * be taken over in place.
 * @throws FlowError `other-workspace` for one with another workspace's mark, unless `takeOver`
 */
export function ownership(marks: string[], { flow, registration, workspaceId, takeOver }: Claim): Ownership {
  const others = marks.filter((mark) => mark !== workspaceId);
  if (others.length > 0 && !takeOver) {
    throw new FlowError({
      code: 'other-workspace',
      flow,
      what: `The ${registration} belongs to the workspace "${others.join('", "')}"; this one is "${workspaceId}".`,
      next: 'Give it another name here, or run once with --takeOver.',
    });
  }
  if (others.length > 0) return 'taken-over';
  return marks.length > 0 ? 'ours' : 'unmarked';
}

/** @param more said after it of one without a mark */
export function ownershipNotes(name: string, whose: Ownership, more = () => ''): string[] {
  if (whose === 'unmarked')
    return [
      `${name} was on the server without a mark; it is taken over in place: its id, runs and switches stay, ` +
        `and marks of this workspace are added.${more()}`,
    ];
  return whose === 'taken-over' ? [`${name} is taken over from another workspace.`] : [];
}

/** @throws FlowError `other-environment` for a registration of this workspace that another environment made */
export function refuseOtherEnvironment(
  held: string,
  wanted: string,
  { flow, registration }: Pick<Claim, 'flow' | 'registration'>,
): void {
  if (held === wanted) return;
  const named = (environment: string) => (environment === '' ? 'no environment' : `the environment "${environment}"`);
  throw new FlowError({
    code: 'other-environment',
    flow,
    what: `The ${registration} was registered for ${named(held)}; this run is for ${named(wanted)}.`,
    next: 'Give it another name in source, or run once with --takeOver.',
  });
}
