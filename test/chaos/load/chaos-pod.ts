import type { Pod } from '@interlink/kube';
import type { PodLife } from '../plan/pod-life.ts';
import type { Runtime } from '../site/runtimes/runtime.ts';
import type { ContainerName } from '../truth/ledger.ts';

/** Of a process that was told to end. */
export const termExitCode = 143;
/** Of an attempt that is to be repeated. */
export const failureExitCode = 9;

export interface ChaosPodPlace {
  readonly nodeName: string;
  /** Where it notes what it does, if its backend runs anything. */
  readonly ledger: string;
  readonly runtime: Pick<Runtime, 'image' | 'mounted'>;
}

/** The pod that has this life, bound to its node by hand. */
export function chaosPod(life: PodLife, { nodeName, ledger, runtime: { image, mounted } }: ChaosPodPlace): Pod {
  const isMock = life.backend === 'mock';
  const hasMount = !isMock && mounted !== undefined;
  const annotations = {
    'mock.interlink.eu/run-seconds': String(life.runMs / 1_000),
    'mock.interlink.eu/exit-code': String(life.exitCode),
    'mock.interlink.eu/start-delay': '200',
    'mock.interlink.eu/delete-delay': life.obeysTerm ? '100' : '60000',
  };
  const container = (name: ContainerName, its: PodLife) => ({
    name,
    image,
    command: ['/bin/sh', '-c', script(name, its)],
    env: [
      { name: 'POD_UID', valueFrom: { fieldRef: { fieldPath: 'metadata.uid' } } },
      { name: 'LEDGER', value: ledger },
    ],
    ...(hasMount ? { volumeMounts: [{ name: 'ledgers', mountPath: mounted }] } : {}),
  });
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
        container('main', life),
        ...(life.helper === undefined ? [] : [container('helper', { ...life, ...life.helper })]),
      ],
      ...(hasMount ? { volumes: [{ name: 'ledgers', hostPath: { path: mounted } }] } : {}),
    },
  };
}

/** Each line is one write to a file opened for appending, so that lines of several pods never mix. */
function script(name: ContainerName, { runMs, exitCode, failures, obeysTerm }: PodLife): string {
  const note = (text: string) =>
    `read -r up rest < /proc/uptime; echo "${text} $POD_UID ${name} $attempt $up" >> "$LEDGER"`;
  return [
    // A process id would be the same in each container.
    'read -r attempt < /proc/sys/kernel/random/uuid',
    obeysTerm ? `trap '${note('term')}; exit ${termExitCode}' TERM` : "trap '' TERM",
    note('start'),
    // In the background, so that the trap is not held up.
    `sleep ${runMs / 1_000} & wait $!`,
    `code=${exitCode}`,
    `[ "$(grep -c "^start $POD_UID ${name} " "$LEDGER")" -gt ${failures} ] || code=${failureExitCode}`,
    note('end'),
    'exit $code',
  ].join('\n');
}
