import Type, { type Static } from 'typebox';
import { parserOf } from './validate.ts';

/**
 * The body of `PUT …/kubeconfig`: by what a backend that asks for it, by its capabilities, acts in the cluster of its owner. It holds a
 * token and is never logged.
 */
export const DeliveredKubeconfig = Type.Object({
  /** The whole file (https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/). */
  kubeconfig: Type.String({ minLength: 1, maxLength: 262_144 }),
  /** When its token ends, RFC 3339; a newer one comes before. */
  expiresAt: Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d+)?Z$' }),
});
export type DeliveredKubeconfig = Static<typeof DeliveredKubeconfig>;

/** @throws InterLinkError `invalid_argument`, naming each place that does not fit */
export const parseDeliveredKubeconfig = parserOf(DeliveredKubeconfig, 'kubeconfig');
