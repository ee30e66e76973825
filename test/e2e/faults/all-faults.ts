import { apiServerHangs, apiServerRefuses } from './api-server-gone.ts';
import { interLinkHangs, sidecarHangs } from './backend-hangs.ts';
import { eventsTwice, historyLost } from './broken-watches.ts';
import { engineGone } from './engine-gone.ts';
import type { Fault } from './fault.ts';
import { killedKubelet } from './killed-kubelet.ts';
import { nameReuse } from './name-reuse.ts';
import { slowPatches, tooManyRequests } from './slow-writes.ts';
import { clockAhead, clockBehind } from './wrong-clock.ts';

/** In the order of docs/reliability.md. All can run at the same time, each with a node of its own. */
export const allFaults: ReadonlyArray<Fault> = [
  apiServerRefuses,
  apiServerHangs,
  historyLost,
  eventsTwice,
  slowPatches,
  tooManyRequests,
  interLinkHangs,
  sidecarHangs,
  engineGone,
  clockAhead,
  clockBehind,
  nameReuse,
  killedKubelet,
];
