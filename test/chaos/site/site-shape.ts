import type { Plan } from '../plan/plan.ts';
import { type Role, roles } from './roles.ts';

/** What of a plan decides which processes there are, and how they are started: seeds that are alike in it can share them. */
export interface SiteShape {
  readonly kubelets: Plan['kubelets'];
  readonly replicas: Plan['replicas'];
  /** Whose clock can be moved: they are started in another way. */
  readonly shifted: ReadonlyArray<Role>;
}

export function shapeOf({ kubelets, replicas, faults }: Plan): SiteShape {
  const shifted = roles.filter((role) => faults.some(({ name }) => name === `clock of ${role} moved`));
  return { kubelets, replicas, shifted };
}
