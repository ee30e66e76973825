import { fieldAt, type KubeObject, listAt, textAt } from '../object.ts';
import { renderAge } from './age.ts';
import type { Column } from './kind.ts';
import { conditionOf, podRow } from './pod-row.ts';

const none = '<none>';

export const name: Column = { name: 'Name', value: ({ metadata }) => metadata.name };
export const age: Column = { name: 'Age', value: ({ metadata }) => renderAge(metadata.creationTimestamp) };

/** A column that shows what is at a path. */
export function field(columnName: string, path: string, isWide = false): Column {
  return { name: columnName, isWide, value: (object) => textAt(object, path) || none };
}

/** A column that counts entries. */
export function count(columnName: string, ...paths: string[]): Column {
  const sizeAt = (object: KubeObject, path: string) => Object.keys(fieldAt(object, path) ?? {}).length;
  return { name: columnName, value: (object) => paths.reduce((sum, path) => sum + sizeAt(object, path), 0) };
}

export const portsOf: Column = {
  name: 'Port(s)',
  value: (service) =>
    listAt(service, 'spec.ports')
      .map(({ port, protocol }) => `${port}/${protocol}`)
      .join(',') || none,
};

export const podColumns: Column[] = [
  name,
  { name: 'Ready', value: (pod) => podRow(pod).ready },
  { name: 'Status', value: (pod) => podRow(pod).status },
  { name: 'Restarts', value: (pod) => podRow(pod).restarts },
  ...[age, field('IP', 'status.podIP', true), field('Node', 'spec.nodeName', true)],
  ...[field('Nominated Node', 'status.nominatedNodeName', true), field('Readiness Gates', 'none', true)],
];

export const nodeColumns: Column[] = [
  name,
  { name: 'Status', value: nodeStatus },
  { name: 'Roles', value: nodeRoles },
  ...[age, field('Version', 'status.nodeInfo.kubeletVersion')],
  { name: 'Internal-IP', isWide: true, value: (node) => addressOf(node, 'InternalIP') || none },
  { name: 'External-IP', isWide: true, value: (node) => addressOf(node, 'ExternalIP') || none },
  field('OS-Image', 'status.nodeInfo.osImage', true),
  field('Kernel-Version', 'status.nodeInfo.kernelVersion', true),
  field('Container-Runtime', 'status.nodeInfo.containerRuntimeVersion', true),
];

export const eventColumns: Column[] = [
  { name: 'Last Seen', value: (event) => renderAge(textAt(event, 'lastTimestamp') || textAt(event, 'eventTime')) },
  ...[field('Type', 'type'), field('Reason', 'reason')],
  {
    name: 'Object',
    value: (event) => `${textAt(event, 'involvedObject.kind').toLowerCase()}/${textAt(event, 'involvedObject.name')}`,
  },
  { name: 'Message', value: (event) => textAt(event, 'message').trim() },
];

function nodeStatus(node: KubeObject): string {
  const ready = conditionOf(node, 'Ready');
  const status = ready === '' ? 'Unknown' : ready === 'True' ? 'Ready' : 'NotReady';
  return fieldAt(node, 'spec.unschedulable') === true ? `${status},SchedulingDisabled` : status;
}

function nodeRoles({ metadata }: KubeObject): string {
  const roles = Object.entries(metadata.labels ?? {}).flatMap(([key, value]) => {
    if (key.startsWith('node-role.kubernetes.io/')) return [key.slice('node-role.kubernetes.io/'.length)];
    return key === 'kubernetes.io/role' && value !== '' ? [value] : [];
  });
  return roles.sort().join(',') || none;
}

/** The node's first address of a type, '' when it has none. */
export function addressOf(node: KubeObject, type: string): string {
  const found = listAt(node, 'status.addresses').find((address) => address.type === type);
  return textAt(found, 'address');
}
