import { type CommandEnd, toCommandStatus } from '@interlink/protocol';

/**
 * What the error stream carries at the end: a `metav1.Status` since version 4 of the protocol; before that a plain text, and only
 * of a failure (https://github.com/kubernetes/kubernetes/blob/master/staging/src/k8s.io/kubelet/pkg/cri/streaming/remotecommand/httpstream.go).
 */
export function renderStatus(protocol: string, end: CommandEnd): string {
  const status = toCommandStatus(end);
  if (/^v[45]\./.test(protocol)) return JSON.stringify(status);
  return status.status === 'Success' ? '' : (status.message ?? '');
}
