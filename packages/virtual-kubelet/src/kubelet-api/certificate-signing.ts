import { createHash } from 'node:crypto';
import {
  type CertificateSigningRequest,
  certificateSigningRequests,
  isAlreadyExists,
  type KubeClient,
  Reflector,
} from '@interlink/kube';
import { type Logger, Trouble } from '@interlink/service-kit';
import { servingUsages } from './certificate-request.ts';

/** What became of a request. */
export type Decision =
  /** PEM, certificate first, its chain after it. */
  | { kind: 'issued'; certificate: string }
  /** Denied by a person or an approver, or failed at the signer. */
  | { kind: 'refused'; why: string }
  /** Deleted before anybody decided: the control plane does so after a day. */
  | { kind: 'gone' };

/** Who makes certificates of requests. */
export interface CertificateSigning {
  /**
   * Sends a request (PEM); the same one sent again is still one. @returns the name that the Kubernetes API knows it by
   * @throws what the Kubernetes API refused
   */
  submit(request: string, signal: AbortSignal): Promise<string>;
  /** Waits for as long as nobody decides. @throws the signal's reason */
  decision(name: string, signal: AbortSignal): Promise<Decision>;
}

export interface KubernetesSigningOptions {
  client: KubeClient;
  nodeName: string;
  /** `kubernetes.io/kubelet-serving`, or one that a cluster has for itself. */
  signerName: string;
  logger: Logger;
}

/** Asks by CertificateSigningRequest (`certificatesigningrequests`: create, list, watch). */
export function kubernetesSigning(options: KubernetesSigningOptions): CertificateSigning {
  const { client, nodeName, signerName, logger } = options;
  return {
    async submit(request, signal) {
      const name = nameOfRequest({ nodeName, signerName, request });
      const object: CertificateSigningRequest = {
        apiVersion: 'certificates.k8s.io/v1',
        kind: 'CertificateSigningRequest',
        metadata: { name },
        spec: { request: Buffer.from(request).toString('base64'), signerName, usages: [...servingUsages] },
      };
      try {
        await client.create(certificateSigningRequests, {}, object, { signal });
      } catch (error) {
        if (!isAlreadyExists(error)) throw error;
      }
      return name;
    },

    async decision(name, signal) {
      const ended = new AbortController();
      const watching = AbortSignal.any([signal, ended.signal]);
      const { promise, resolve } = Promise.withResolvers<Decision>();
      const running = watchRequest({ client, name, logger, signal: watching }, resolve);
      try {
        const decision = await Promise.race([promise, running]);
        if (decision === undefined) throw signal.reason;
        return decision;
      } finally {
        ended.abort();
        await running;
      }
    },
  };
}

/** Longer names of objects are refused; what tells one request from the next comes after it. */
const maxNodeNamePart = 200;

/** The same request to the same signer has the same name, so that after a restart it is found again rather than made twice. */
function nameOfRequest(of: { nodeName: string; signerName: string; request: string }): string {
  const digest = createHash('sha256').update(`${of.signerName}\n${of.request}`).digest('hex').slice(0, 12);
  return `${of.nodeName.slice(0, maxNodeNamePart).replace(/[-.]+$/, '')}-serving-${digest}`;
}

interface Watched {
  client: KubeClient;
  name: string;
  logger: Logger;
  signal: AbortSignal;
}

/** Calls back with the decision when there is one; ends when the signal aborts. */
async function watchRequest(
  { client, name, logger, signal }: Watched,
  decide: (decision: Decision) => void,
): Promise<void> {
  const trouble = new Trouble(logger);
  const fieldSelector = `metadata.name=${name}`;
  const look = (request: CertificateSigningRequest) => {
    const decision = decisionOf(request);
    if (decision !== undefined) decide(decision);
  };
  const reflector = new Reflector<CertificateSigningRequest>({
    client,
    type: certificateSigningRequests,
    fieldSelector,
    onAdd: look,
    onUpdate: (_before, request) => look(request),
    onDelete: () => decide({ kind: 'gone' }),
    onSynced: () => {
      trouble.end('the certificate request can be watched again');
      if (reflector.size > 0) return;
      // It may be older than the request: only the newest list tells that it is gone. What fails here is tried again by the watch.
      client.list(certificateSigningRequests, {}, { fieldSelector, signal }).then(
        ({ items }) => (items[0] === undefined ? decide({ kind: 'gone' }) : look(items[0])),
        ({ message }: Error) => trouble.begin('cannot watch the certificate request', { reason: message }),
      );
    },
    onTrouble: ({ message }) => trouble.begin('cannot watch the certificate request', { reason: message }),
  });
  await reflector.run(signal);
}

/** Undefined while it is open: an approved one is, too, until it is signed. */
export function decisionOf({ status }: CertificateSigningRequest): Decision | undefined {
  if (status?.certificate) {
    return { kind: 'issued', certificate: Buffer.from(status.certificate, 'base64').toString('utf8') };
  }
  const refusal = status?.conditions?.find(({ type }) => type === 'Denied' || type === 'Failed');
  if (refusal === undefined) return undefined;
  return { kind: 'refused', why: [refusal.type, refusal.reason, refusal.message].filter(Boolean).join(': ') };
}
