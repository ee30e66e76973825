import { createObject } from '../api/create.ts';
import { deleteObject } from '../api/delete.ts';
import { configMaps, kinds, namespaces, serviceAccounts } from '../kinds/kinds.ts';
import type { KubeObject } from '../object.ts';
import type { Store } from '../store/store.ts';

/** Gives each namespace its default ServiceAccount and the cluster's CA, and empties the ones that are being deleted. */
export function runNamespaceController(store: Store, ca: string): void {
  store.subscribe(({ kind, before, after }) => {
    const isNew = kind === namespaces && before === undefined;
    if (isNew && after !== undefined) return fill(store, after.metadata.name, ca);
    const { metadata } = after ?? before ?? {};
    const home = kind === namespaces ? after : store.get(namespaces, undefined, metadata?.namespace ?? '');
    if (home?.metadata.deletionTimestamp !== undefined) empty(store, home);
  });
}

function fill(store: Store, namespace: string, ca: string): void {
  createObject(store, serviceAccounts, { metadata: { name: 'default' } }, { namespace });
  const published = { metadata: { name: 'kube-root-ca.crt' }, data: { 'ca.crt': ca } };
  createObject(store, configMaps, published, { namespace });
}

/** Deletes what is in a namespace, and the namespace itself when there is nothing in it any more. */
function empty(store: Store, namespace: KubeObject): void {
  const { name, finalizers = [] } = namespace.metadata;
  const contents = kinds
    .filter((kind) => kind.namespaced)
    .flatMap((kind) => store.list(kind, name).map((object) => ({ kind, object })));
  const first = contents.find(({ object }) => object.metadata.deletionTimestamp === undefined);
  // The deletion is a change, which leads here again.
  if (first !== undefined) deleteObject(store, first.kind, first.object);
  else if (contents.length === 0 && finalizers.length === 0) store.remove(namespaces, namespace);
}
