import type { FaultName } from '../plan/fault-names.ts';
import { conflict, internalError, slow, tooManyRequests } from './api-answers.ts';
import { compacted, restarted, watchesCut } from './api-server.ts';
import { moveClock } from './clocks.ts';
import type { Fault } from './fault.ts';
import { kill, killAgain, stop, swapReplicas } from './processes.ts';
import { below } from './runtimes.ts';
import { expireToken } from './tokens.ts';
import { leaderKilled, leaderStopped } from './two-kubelets.ts';
import { onWay } from './ways.ts';

/** What each name does. The mock keeps pods in memory, and so is never killed. */
export const allFaults: Readonly<Record<FaultName, Fault>> = {
  'kill kubelet': kill(({ members }) => members.kubelet.slice(0, 1)),
  'kill interlink': kill(({ members }) => members.interlink),
  'kill sidecar': kill(({ members }) => members.sidecar),
  'kill all': kill(({ members: { kubelet, interlink, sidecar } }) => [...kubelet, ...interlink, ...sidecar]),
  'kill kubelet again and again': killAgain(({ members }) => members.kubelet.slice(0, 1)),
  'kill interlink again and again': killAgain(({ members }) => members.interlink),
  'kill sidecar again and again': killAgain(({ members }) => members.sidecar),
  'stop kubelet': stop(({ members }) => members.kubelet.slice(0, 1)),
  'stop interlink': stop(({ members }) => members.interlink),
  'stop sidecar': stop(({ members }) => members.sidecar),
  'stop mock': stop(({ members }) => members.mock),
  'api restarted': restarted,
  'api compacted': compacted,
  'api slow': slow,
  'api 429': tooManyRequests,
  'api 500': internalError,
  'api 409': conflict,
  'api watches cut': watchesCut,
  'kubelet to api cut': onWay('kubelet to api', 'cut'),
  'kubelet to api half-open': onWay('kubelet to api', 'half-open'),
  'kubelet to api resets': onWay('kubelet to api', 'resets'),
  'kubelet to api delay': onWay('kubelet to api', 'delay'),
  'kubelet to api answers lost': onWay('kubelet to api', 'answers lost'),
  'kubelet to interlink cut': onWay('kubelet to interlink', 'cut'),
  'kubelet to interlink half-open': onWay('kubelet to interlink', 'half-open'),
  'kubelet to interlink resets': onWay('kubelet to interlink', 'resets'),
  'kubelet to interlink delay': onWay('kubelet to interlink', 'delay'),
  'kubelet to interlink answers lost': onWay('kubelet to interlink', 'answers lost'),
  'interlink to sidecar cut': onWay('interlink to sidecar', 'cut'),
  'interlink to sidecar half-open': onWay('interlink to sidecar', 'half-open'),
  'interlink to sidecar resets': onWay('interlink to sidecar', 'resets'),
  'interlink to sidecar delay': onWay('interlink to sidecar', 'delay'),
  'interlink to sidecar answers lost': onWay('interlink to sidecar', 'answers lost'),
  'interlink replicas swapped': swapReplicas,
  'kubelet token expired': expireToken('kubelet'),
  'interlink token expired': expireToken('interlink'),
  'two kubelets': leaderKilled,
  'two kubelets, the leader stopped': leaderStopped,
  'clock of kubelet moved': moveClock('kubelet'),
  'clock of interlink moved': moveClock('interlink'),
  'clock of sidecar moved': moveClock('sidecar'),
  'disk full': below('disk full'),
  'disk without inodes': below('disk without inodes'),
  'disk read-only': below('disk read-only'),
  'dockerd restarted': below('dockerd restarted'),
  'dockerd killed': below('dockerd killed'),
  'dockerd stopped': below('dockerd stopped'),
  'docker machine cut': below('docker machine cut'),
  'slurmctld restarted': below('slurmctld restarted'),
  'slurmctld killed': below('slurmctld killed'),
  'slurmctld stopped': below('slurmctld stopped'),
  'slurmd killed': below('slurmd killed'),
};
