import type { KubeObject } from '../types.ts';

/** Which object an event is about. */
export interface ObjectReference {
  apiVersion: string;
  kind: string;
  /** Undefined for cluster-wide objects; their events go to `default`. */
  namespace?: string;
  name: string;
  uid: string;
  resourceVersion?: string;
  /** `spec.containers{NAME}` or `spec.initContainers{NAME}` for an event about one container. */
  fieldPath?: string;
}

/**
 * The reference to an object as the API gave it.
 * @throws Error when it has no kind or no name, which only an object made by hand can lack.
 */
export function objectReference(object: KubeObject, fieldPath?: string): ObjectReference {
  const { apiVersion, kind, metadata } = object;
  if (apiVersion === undefined || kind === undefined || metadata?.name === undefined) {
    throw new Error(
      `Cannot refer to ${kind ?? 'an object'} "${metadata?.name ?? ''}": want apiVersion, kind and metadata.name`,
    );
  }
  return {
    apiVersion,
    kind,
    ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
    name: metadata.name,
    uid: metadata.uid ?? '',
    ...(metadata.resourceVersion === undefined ? {} : { resourceVersion: metadata.resourceVersion }),
    ...(fieldPath === undefined ? {} : { fieldPath }),
  };
}
