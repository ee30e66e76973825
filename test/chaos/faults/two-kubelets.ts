import type { Fault } from './fault.ts';
import { kill, stop } from './processes.ts';

// Which of the two leads is the first, unless another fault ended it before: it was started and served when the other was begun.

/** Two virtual kubelets of the same nodes take turns; the one that leads is killed, and comes back as the other. */
export const leaderKilled: Fault = kill(({ members }) => members.kubelet.slice(0, 1));

/** The one that leads is stopped for longer than its Lease lasts, and wakes when another leads. */
export const leaderStopped: Fault = stop(({ members }) => members.kubelet.slice(0, 1));
