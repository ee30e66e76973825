import type { PodEvent } from '@interlink/protocol';
import type { ProbeOutcome } from './handlers/probe-outcome.ts';
import type { ProbeKind } from './probe-rules.ts';

const names: Readonly<Record<ProbeKind, string>> = {
  startup: 'Startup',
  liveness: 'Liveness',
  readiness: 'Readiness',
};

/**
 * What is told of a run, in the kubelet's words; of a success nothing.
 * @see https://github.com/kubernetes/kubernetes/blob/master/pkg/kubelet/prober/prober.go `probe`
 */
export function probeEvent(kind: ProbeKind, outcome: ProbeOutcome, container: string): PodEvent | undefined {
  const { result, output } = outcome;
  switch (result) {
    case 'success':
      return undefined;
    case 'warning':
      return warning('ProbeWarning', `${names[kind]} probe warning: ${output}`, container);
    case 'failure':
      return warning('Unhealthy', `${names[kind]} probe failed: ${output}`, container);
    case 'unknown':
      return warning('Unhealthy', `${names[kind]} probe errored and resulted in unknown state: ${output}`, container);
  }
}

function warning(reason: string, message: string, container: string): PodEvent {
  return { type: 'Warning', reason, message, container };
}
