import { createObject } from '../api/create.ts';
import { deleteObject } from '../api/delete.ts';
import { configMaps, kinds, namespaces, serviceAccounts } from '../kinds/kinds.ts';
import type { KubeObject } from '../object.ts';
import type { Store } from '../store/store.ts';

/** Gives each namespace its default ServiceAccount and the cluster's CA, and empties the ones that are being deleted. */
export function runNamespaceController(store: Store, ca: string): () => void {
  return store.subscribe(({ kind, before, after }) => {
    if (kind === namespaces && after !== undefined) {
      if (before === undefined) fill(store, after.metadata.name, ca);
      else if (after.metadata.deletionTimestamp !== undefined) empty(store, after);
      return;
    }
    const name = before?.metadata.namespace;
    const home = after === undefined && name !== undefined ? store.get(namespaces, undefined, name) : undefined;
    if (home?.metadata.deletionTimestamp !== undefined) removeWhenEmpty(store, home);
  });
}

function fill(store: Store, namespace: string, ca: string): void {
  const body = (name: string) => ({ metadata: { name } });
  createObject(store, serviceAccounts, body('default'), { namespace });
  createObject(store, configMaps, { ...body('kube-root-ca.crt'), data: { 'ca.crt': ca } }, { namespace });
}

function empty(store: Store, namespace: KubeObject): void {
  for (const kind of kinds.filter((each) => each.namespaced)) {
    for (const object of store.list(kind, namespace.metadata.name)) {
      if (object.metadata.deletionTimestamp === undefined) deleteObject(store, kind, object);
    }
  }
  removeWhenEmpty(store, namespace);
}

function removeWhenEmpty(store: Store, namespace: KubeObject): void {
  const { name, finalizers = [] } = namespace.metadata;
  const isEmpty = kinds.every((kind) => !kind.namespaced || store.list(kind, name).length === 0);
  if (isEmpty && finalizers.length === 0 && store.get(namespaces, undefined, name) !== undefined) {
    store.remove(namespaces, namespace);
  }
}
