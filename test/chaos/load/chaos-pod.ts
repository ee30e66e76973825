import type { Pod } from '@interlink/kube';
import type { PodLife } from '../plan/pod-life.ts';

/** Of a process that was told to end. */
export const termExitCode = 143;
/** Of an attempt that is to be repeated. */
export const failureExitCode = 9;

/** The pod that has this life, bound to its node by hand. What it does is noted in the ledger, if its backend runs anything. */
export function chaosPod(life: PodLife, nodeName: string, ledger: string): Pod {
  const isMock = life.backend === 'mock';
  const annotations = {
    'mock.interlink.eu/run-seconds': String(life.runMs / 1_000),
    'mock.interlink.eu/exit-code': String(life.exitCode),
    'mock.interlink.eu/start-delay': '200',
    'mock.interlink.eu/delete-delay': life.obeysTerm ? '100' : '60000',
  };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: life.name, ...(isMock ? { annotations } : {}) },
    spec: {
      nodeName,
      restartPolicy: life.failures > 0 ? 'OnFailure' : 'Never',
      automountServiceAccountToken: false,
      terminationGracePeriodSeconds: 5,
      tolerations: [{ operator: 'Exists' }],
      containers: [
        {
          name: 'main',
          image: 'none',
          command: ['/bin/sh', '-c', script(life)],
          env: [
            { name: 'POD_UID', valueFrom: { fieldRef: { fieldPath: 'metadata.uid' } } },
            { name: 'LEDGER', value: ledger },
          ],
        },
      ],
    },
  };
}

/** Each line is one write to a file opened for appending, so that lines of several pods never mix. */
function script({ runMs, exitCode, failures, obeysTerm }: PodLife): string {
  // Kubernetes makes one dollar of two.
  const note = (text: string) => `echo "${text} $POD_UID $$$$" >> "$LEDGER"`;
  return [
    obeysTerm ? `trap '${note('term')}; exit ${termExitCode}' TERM` : "trap '' TERM",
    note('start'),
    // In the background, so that the trap is not held up.
    `sleep ${runMs / 1_000} & wait $!`,
    `code=${exitCode}`,
    `[ "$(grep -c "^start $POD_UID " "$LEDGER")" -gt ${failures} ] || code=${failureExitCode}`,
    note('end'),
    'exit $code',
  ].join('\n');
}
