import Type from 'typebox';
import { InterLinkError } from './errors/interlink-error.ts';

/**
 * The names that come from outside and end up in paths, labels and container names. Rules:
 * https://kubernetes.io/docs/concepts/overview/working-with-objects/names/ and RFC 4122.
 */
const label = '[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?';
const subdomain = '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*';
const uid = '[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}';
const cluster = '[A-Za-z0-9]([-A-Za-z0-9_.]{0,126}[A-Za-z0-9])?';

/** RFC 1123 label: namespaces, containers, volumes. */
export const LabelName = Type.String({ pattern: `^${label}$`, maxLength: 63 });
/** RFC 1123 subdomain: pods, nodes, ConfigMaps, Secrets. */
export const SubdomainName = Type.String({ pattern: `^${subdomain}$`, maxLength: 253 });
/** A pod's UID: the idempotency key of everything. */
export const Uid = Type.String({ pattern: `^${uid}$` });
/** A cluster's identity: the UID of kube-system, or the administrator's own name for it. */
export const ClusterName = Type.String({ pattern: `^${cluster}$`, maxLength: 128 });

const patterns = {
  'a namespace': new RegExp(`^${label}$`),
  'a container name': new RegExp(`^${label}$`),
  'a pod name': new RegExp(`^${subdomain}$`),
  'a node name': new RegExp(`^${subdomain}$`),
  'a pod UID': new RegExp(`^${uid}$`),
  'a cluster name': new RegExp(`^${cluster}$`),
} as const;

export type NameKind = keyof typeof patterns;

/** Returns the name, or throws `invalid_argument`. Nothing from outside becomes part of a path, a label or a command before it has passed here. */
export function parseName(kind: NameKind, value: unknown): string {
  if (typeof value === 'string' && value.length <= 253 && patterns[kind].test(value)) return value;
  throw new InterLinkError('invalid_argument', `${JSON.stringify(value)?.slice(0, 80)} is not ${kind}`);
}
