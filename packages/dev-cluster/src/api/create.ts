import { randomBytes, randomUUID } from 'node:crypto';
import { ApiError, invalid, notFound, type Problem, resourceName } from '../api-error.ts';
import { apiVersionOf, type Kind } from '../kinds/kind.ts';
import { namespaces, pods, serviceAccounts } from '../kinds/kinds.ts';
import { asJson, type Json, type KubeObject, timestamp } from '../object.ts';
import type { Store } from '../store/store.ts';

const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const subdomainWanted =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

/** Creates an object from what a client sent. @throws ApiError 400, 403, 404, 409 or 422 as the API server would */
export function createObject(
  store: Store,
  kind: Kind,
  body: Json,
  { namespace, isDryRun = false }: { namespace: string | undefined; isDryRun?: boolean },
): KubeObject {
  const sent = asJson(body.metadata);
  if (sent.namespace !== undefined && namespace !== undefined && sent.namespace !== namespace) {
    throw new ApiError(400, 'the namespace of the provided object does not match the namespace sent on the request');
  }
  const name = String(sent.name ?? (sent.generateName ? `${sent.generateName}${randomBytes(3).toString('hex')}` : ''));
  const own = { name, uid: randomUUID(), resourceVersion: '', creationTimestamp: timestamp() };
  const counted = kind.hasGeneration === true ? { generation: 1 } : {};
  const metadata = { ...sent, ...own, ...counted, ...(namespace === undefined ? {} : { namespace }) };
  const object = { ...body, kind: kind.kind, apiVersion: apiVersionOf(kind), metadata };
  const complete = kind.complete?.(object) ?? object;
  admit(store, kind, complete);
  const problems = [...nameProblems(name), ...(kind.check?.(complete) ?? [])];
  if (problems.length > 0) throw invalid(kind, name, problems);
  if (store.get(kind, namespace, name) !== undefined) {
    throw new ApiError(409, `${resourceName(kind)} "${name}" already exists`, { reason: 'AlreadyExists' });
  }
  return isDryRun ? complete : store.put(kind, complete);
}

function nameProblems(name: string): Problem[] {
  if (subdomain.test(name) && name.length <= 253) return [];
  const wrong =
    name === '' ? 'Required value: name or generateName is required' : `Invalid value: "${name}": ${subdomainWanted}`;
  return [{ field: 'metadata.name', message: wrong }];
}

/** The admission plugins NamespaceLifecycle and ServiceAccount. */
function admit(store: Store, kind: Kind, { metadata, spec }: KubeObject): void {
  const { name, namespace } = metadata;
  if (!kind.namespaced) return;
  const home = store.get(namespaces, undefined, namespace ?? '');
  if (home === undefined) throw notFound(namespaces, namespace ?? '');
  const forbidden = (why: string) => new ApiError(403, `${kind.plural} "${name}" is forbidden: ${why}`);
  if (home.metadata.deletionTimestamp !== undefined) {
    throw forbidden(`unable to create new content in namespace ${namespace} because it is being terminated`);
  }
  const account = String(spec?.serviceAccountName);
  if (kind === pods && store.get(serviceAccounts, namespace, account) === undefined) {
    const missing = `serviceaccount "${account}" not found`;
    throw forbidden(`error looking up service account ${namespace}/${account}: ${missing}`);
  }
}
