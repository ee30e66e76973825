import { isReportedOnly } from '../admission/daemon-set-pod.ts';
import type { KnownPod } from './known-pod.ts';
import type { Refusal } from './refusal.ts';

/** A pod that is only shown as running has neither logs nor anything to connect to; whoever asks is told why. */
export function refuseNotRun({ pod }: KnownPod): Refusal | undefined {
  if (!isReportedOnly(pod)) return undefined;
  const name = JSON.stringify(pod.metadata?.name ?? '');
  return {
    status: 400,
    text: `pod ${name} does not run: this virtual node only reports pods of such DaemonSets as running (Policy.DaemonSetPods: report-running)`,
  };
}
