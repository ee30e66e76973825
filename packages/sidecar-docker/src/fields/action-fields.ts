import { type Field, refused, stringOf, supported } from '@interlink/sidecar-sdk';
import type { SitePolicy } from '../site/site-policy.ts';

/** Names of the pod itself; its address is not known before it runs. */
const ownHosts: ReadonlyArray<string> = ['', 'localhost', '127.0.0.1'];

/** A kubelet goes anywhere. From this machine that would be its own services, and whatever its network reaches. */
function ownHost(path: string): Field<SitePolicy> {
  return refused(path, 'probes and hooks reach only their own pod', {
    concerns: (value) => !ownHosts.includes(stringOf(value) ?? ''),
    values: 'all but `localhost` and `127.0.0.1`',
  });
}

const httpGet: ReadonlyArray<Field<SitePolicy>> = [
  ownHost('httpGet.host'),
  supported('httpGet.httpHeaders[].name'),
  supported('httpGet.httpHeaders[].value'),
  supported('httpGet.path'),
  supported('httpGet.port'),
  supported('httpGet.scheme'),
];

/** Below a probe. */
export const probeFields: ReadonlyArray<Field<SitePolicy>> = [
  supported('exec.command'),
  supported('failureThreshold'),
  supported('grpc.port'),
  supported('grpc.service'),
  ...httpGet,
  supported('initialDelaySeconds'),
  supported('periodSeconds'),
  supported('successThreshold'),
  ownHost('tcpSocket.host'),
  supported('tcpSocket.port'),
  supported('terminationGracePeriodSeconds'),
  supported('timeoutSeconds'),
];

/** Below a hook. */
export const hookFields: ReadonlyArray<Field<SitePolicy>> = [
  supported('exec.command'),
  ...httpGet,
  supported('sleep.seconds'),
  // Kept by Kubernetes for old clients: it fails whenever it is run, and nothing is reached.
  supported('tcpSocket.host'),
  supported('tcpSocket.port'),
];
