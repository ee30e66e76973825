import { ApiError, conflict, notFound } from '../api-error.ts';
import { pods } from '../kinds/kinds.ts';
import { asJson, type Json, type KubeObject, textAt, timestamp, withCondition } from '../object.ts';
import type { TokenIssuer } from '../server/tokens.ts';
import type { Store } from '../store/store.ts';

/** `pods/NAME/binding`: puts a pod on a node. @throws ApiError 409 when it is on one already */
export function bindPod(store: Store, pod: KubeObject, nodeName: string): void {
  const { metadata, spec } = pod;
  if (spec?.nodeName) {
    throw conflict(pods, metadata.name, `pod ${metadata.name} is already assigned to node "${spec.nodeName}"`);
  }
  const bound = withCondition(pod, { type: 'PodScheduled', status: 'True' });
  const generation = (metadata.generation ?? 1) + 1;
  store.put(pods, { ...bound, metadata: { ...metadata, generation }, spec: { ...spec, nodeName } });
}

/** `serviceaccounts/NAME/token`: a signed token, bound to a pod when the request names one. @throws ApiError 404 or 409 for a pod that is not there */
export function requestToken(store: Store, account: KubeObject, body: Json, issuer: TokenIssuer): Json {
  const { namespace = '', name, uid } = account.metadata;
  const spec = asJson(body.spec);
  const audiences = Array.isArray(spec.audiences) && spec.audiences.length > 0 ? spec.audiences : [issuer.issuer];
  const expirationSeconds = Number(spec.expirationSeconds ?? 3_600);
  if (expirationSeconds < 600) throw new ApiError(422, 'spec.expirationSeconds: may not be less than 10 minutes');
  const claims = { namespace, serviceaccount: { name, uid }, ...boundPod(store, namespace, spec.boundObjectRef) };
  const subject = `system:serviceaccount:${namespace}:${name}`;
  const token = issuer.issue({ subject, audiences, expirationSeconds, claims });
  const expirationTimestamp = timestamp(Date.now() + expirationSeconds * 1_000);
  const head = { kind: 'TokenRequest', apiVersion: 'authentication.k8s.io/v1', metadata: { name, namespace } };
  return { ...head, spec: { ...spec, audiences, expirationSeconds }, status: { token, expirationTimestamp } };
}

function boundPod(store: Store, namespace: string, reference: unknown): Json {
  if (textAt(reference, 'kind') !== 'Pod') return {};
  const name = textAt(reference, 'name');
  const uid = store.get(pods, namespace, name)?.metadata.uid;
  if (uid === undefined) throw notFound(pods, name);
  if ((textAt(reference, 'uid') || uid) !== uid) throw conflict(pods, name, 'the UID in record is another');
  return { pod: { name, uid } };
}
