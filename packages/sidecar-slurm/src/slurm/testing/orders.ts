import type { PodReference } from '@interlink/sidecar-sdk';
import type { SubmitOrder } from '../submit-order.ts';

export const anIdentity: PodReference = {
  owner: { cluster: 'c', node: 'slurm' },
  uid: '11111111-1111-4111-8111-111111111111',
  namespace: 'ns',
  name: 'a',
};

export function anOrder(change: Partial<SubmitOrder> = {}): SubmitOrder {
  return {
    identity: anIdentity,
    jobName: 'a',
    options: [],
    scriptPath: '/shared/job.sh',
    scriptArguments: [],
    outputPath: '/shared/slurm.out',
    workingDirectory: '/shared',
    export: 'NIL',
    requeue: 'no-requeue',
    endWarning: undefined,
    ...change,
  };
}
