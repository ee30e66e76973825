import type { PlannedFault } from '../plan/plan.ts';
import type { ChaosSite } from '../site/chaos-site.ts';

/** Mends what a fault has broken. */
export type Mend = () => Promise<void> | void;

/** Breaks something. @returns what mends it, which must do so whatever else is broken at that time */
export type Fault = (site: ChaosSite, planned: PlannedFault) => Promise<Mend>;
