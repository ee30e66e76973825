import { ApiError, badRequest, conflict, notFound } from '../api-error.ts';
import { pods, serviceAccounts } from '../kinds/kinds.ts';
import { isJson, type Json, type KubeObject, listAt, textAt, timestamp } from '../object.ts';
import type { TokenIssuer } from '../server/tokens.ts';
import type { Store } from '../store/store.ts';

/** `pods/NAME/binding`: puts a pod on a node. @throws ApiError 409 when it is on one already */
export function bindPod(store: Store, pod: KubeObject, nodeName: string): void {
  const { metadata, spec } = pod;
  if (nodeName === '') throw badRequest('target.name of a binding is the name of a node');
  if (spec?.nodeName)
    throw conflict(pods, metadata.name, `pod ${metadata.name} is already assigned to node "${spec.nodeName}"`);
  const scheduled = { type: 'PodScheduled', status: 'True', lastProbeTime: null, lastTransitionTime: timestamp() };
  const others = listAt(pod, 'status.conditions').filter(({ type }) => type !== scheduled.type);
  const generation = (metadata.generation ?? 1) + 1;
  store.put(pods, {
    ...pod,
    metadata: { ...metadata, generation },
    spec: { ...spec, nodeName },
    status: { ...pod.status, conditions: [...others, scheduled] },
  });
}

/** `serviceaccounts/NAME/token`: a signed token, bound to a pod when the request names one. @throws ApiError 404 or 409 for a pod that is not there */
export function requestToken(store: Store, account: KubeObject, body: Json, issuer: TokenIssuer): Json {
  const { namespace = '', name, uid } = account.metadata;
  const spec = isJson(body.spec) ? body.spec : {};
  const pod = boundPod(store, namespace, spec.boundObjectRef);
  const audiences = Array.isArray(spec.audiences) && spec.audiences.length > 0 ? spec.audiences : [issuer.issuer];
  const expirationSeconds = Number(spec.expirationSeconds ?? 3_600);
  if (expirationSeconds < 600) {
    throw new ApiError(
      422,
      'Invalid',
      `spec.expirationSeconds: Invalid value: ${expirationSeconds}: may not specify a duration less than 10 minutes`,
    );
  }
  const claims = {
    ...{ namespace, serviceaccount: { name, uid } },
    ...(pod === undefined ? {} : { pod: { name: pod.metadata.name, uid: pod.metadata.uid } }),
  };
  const token = issuer.issue({
    subject: `system:serviceaccount:${namespace}:${name}`,
    audiences,
    expirationSeconds,
    claims,
  });
  const expirationTimestamp = timestamp(Date.now() + expirationSeconds * 1_000);
  return {
    ...{ kind: 'TokenRequest', apiVersion: 'authentication.k8s.io/v1', metadata: { name, namespace } },
    ...{ spec: { ...spec, audiences, expirationSeconds }, status: { token, expirationTimestamp } },
  };
}

function boundPod(store: Store, namespace: string, reference: unknown): KubeObject | undefined {
  if (!isJson(reference) || reference.kind !== 'Pod') return undefined;
  const name = textAt(reference, 'name');
  const pod = store.get(pods, namespace, name);
  if (pod === undefined) throw notFound(pods, name);
  if (reference.uid !== undefined && reference.uid !== pod.metadata.uid) {
    throw conflict(serviceAccounts, name, 'the UID in the bound object reference does not match the UID in record');
  }
  return pod;
}
