import { age, count, eventColumns, field, name, nodeColumns, podColumns } from './columns.ts';
import type { Kind } from './kind.ts';
import { completeNamespace, completeSecret, completeService } from './other-defaults.ts';
import { checkPod } from './pod-checks.ts';
import { completePod } from './pod-defaults.ts';

const core = { group: '', version: 'v1', namespaced: true, columns: [name, age] };
const fieldsOf = (parent: string, names: string[]) => names.map((each) => `${parent}.${each}`);

export const pods: Kind = {
  ...{ ...core, kind: 'Pod', plural: 'pods', shortNames: ['po'], inAll: true },
  ...{ hasStatus: true, statusTakesMetadata: true, hasGeneration: true, isGraceful: true },
  ...{ columns: podColumns, complete: completePod, check: checkPod },
  fields: [
    ...fieldsOf('spec', ['nodeName', 'restartPolicy', 'schedulerName', 'serviceAccountName', 'hostNetwork']),
    ...fieldsOf('status', ['phase', 'podIP', 'nominatedNodeName']),
  ],
};
export const nodes: Kind = {
  ...{ ...core, kind: 'Node', plural: 'nodes', shortNames: ['no'], namespaced: false },
  ...{ hasStatus: true, statusTakesMetadata: true, fields: ['spec.unschedulable'], columns: nodeColumns },
};
export const namespaces: Kind = {
  ...{ ...core, kind: 'Namespace', plural: 'namespaces', shortNames: ['ns'], namespaced: false },
  ...{ hasStatus: true, fields: ['status.phase'], complete: completeNamespace },
  columns: [name, field('Status', 'status.phase'), age],
};
export const configMaps: Kind = {
  ...{ ...core, kind: 'ConfigMap', plural: 'configmaps', shortNames: ['cm'] },
  columns: [name, count('Data', 'data', 'binaryData'), age],
};
export const secrets: Kind = {
  ...{ ...core, kind: 'Secret', plural: 'secrets', fields: ['type'], complete: completeSecret },
  columns: [name, field('Type', 'type'), count('Data', 'data'), age],
};
export const serviceAccounts: Kind = {
  ...{ ...core, kind: 'ServiceAccount', plural: 'serviceaccounts', shortNames: ['sa'] },
};
export const services: Kind = {
  ...{ ...core, kind: 'Service', plural: 'services', shortNames: ['svc'], inAll: true, hasStatus: true },
  ...{ fields: ['spec.clusterIP', 'spec.type'], complete: completeService },
  columns: [name, field('Type', 'spec.type'), field('Cluster-IP', 'spec.clusterIP'), age],
};
export const events: Kind = {
  ...{ ...core, kind: 'Event', plural: 'events', shortNames: ['ev'], columns: eventColumns },
  fields: [
    ...fieldsOf('involvedObject', ['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath']),
    ...['reason', 'reportingComponent', 'source', 'type'],
  ],
};
export const leases: Kind = {
  ...{ ...core, group: 'coordination.k8s.io', kind: 'Lease', plural: 'leases' },
  columns: [name, field('Holder', 'spec.holderIdentity'), age],
};

/** Every kind that there is. A new one is a row above, and here. */
export const kinds = [configMaps, events, namespaces, nodes, pods, secrets, serviceAccounts, services, leases];
