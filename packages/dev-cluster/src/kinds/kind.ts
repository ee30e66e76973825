import type { Problem } from '../api-error.ts';
import type { KubeObject } from '../object.ts';

/** A column of `kubectl get`. */
export interface Column {
  readonly name: string;
  /** Shown with `-o wide` only. */
  readonly isWide?: boolean;
  readonly value: (object: KubeObject) => string | number;
}

/** One kind of object: where it lives in the API, how it is shown, and what is special about it. */
export interface Kind {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly shortNames?: ReadonlyArray<string>;
  readonly namespaced: boolean;
  /** Part of `kubectl get all`. */
  readonly inAll?: boolean;
  /** `status` is a subresource: written by itself, and by nothing else. */
  readonly hasStatus?: boolean;
  /** A status write takes labels and annotations along. */
  readonly statusTakesMetadata?: boolean;
  /** `metadata.generation` counts changes of the spec. */
  readonly hasGeneration?: boolean;
  /** Deletion first marks the object and leaves it for whoever runs it. */
  readonly isGraceful?: boolean;
  /** Paths that a field selector may name, besides the name and the namespace. */
  readonly fields?: ReadonlyArray<string>;
  readonly columns: ReadonlyArray<Column>;
  /** Fills in what the API server would, when an object is created or replaces the one before. */
  readonly complete?: (object: KubeObject, before?: KubeObject) => KubeObject;
  /** What is wrong with an object, or with a change of it. */
  readonly check?: (object: KubeObject, before?: KubeObject) => Problem[];
}

export function apiVersionOf({ group, version }: Kind): string {
  return group === '' ? version : `${group}/${version}`;
}
