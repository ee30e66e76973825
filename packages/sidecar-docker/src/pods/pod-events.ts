import type { EventText } from '@interlink/sidecar-sdk';

export type TellEvent = (event: EventText) => void;

/**
 * The kubelet's events in the wording of Kubernetes 1.35, which people and test suites match
 * (https://github.com/kubernetes/kubernetes/blob/master/pkg/kubelet/events/event.go).
 */
export const pulling = (image: string): EventText => normal('Pulling', `Pulling image "${image}"`);

export const alreadyPresent = (image: string): EventText =>
  normal('Pulled', `Container image "${image}" already present on machine and can be accessed by the pod`);

export const pulled = (image: string, durationMs: number, bytes: number): EventText => {
  const took = renderDuration(durationMs);
  return normal(
    'Pulled',
    `Successfully pulled image "${image}" in ${took} (${took} including waiting). Image size: ${bytes} bytes.`,
  );
};

export const pullFailed = (image: string, why: string): EventText =>
  warning('Failed', `Failed to pull image "${image}": ${why}`);

export const neverPull = (image: string): EventText =>
  warning('ErrImageNeverPull', `Container image "${image}" is not present with pull policy of Never`);

export const inspectFailed = (message: string): EventText => warning('InspectFailed', message);

export const missingClusterDns: EventText = warning(
  'MissingClusterDNS',
  'This site has no cluster DNS (ClusterDNS is not set): dnsPolicy "ClusterFirst" falls back to "Default", and Services are not found by name',
);

export const dnsFormingFailed = (why: string): EventText => warning('DNSConfigForming', why);

export const fieldsIgnored = (fields: ReadonlyArray<string>): EventText =>
  warning('FieldIgnored', `Not done by this node: ${fields.join('; ')}`);

function normal(reason: string, message: string): EventText {
  return { type: 'Normal', reason, message };
}

function warning(reason: string, message: string): EventText {
  return { type: 'Warning', reason, message };
}

/** As Go prints a duration rounded to milliseconds: `850ms`, `1.234s`. */
function renderDuration(ms: number): string {
  const whole = Math.round(ms);
  return whole < 1_000 ? `${whole}ms` : `${whole / 1_000}s`;
}
