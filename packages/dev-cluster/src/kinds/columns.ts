import { conditionOf, fieldAt, type KubeObject, listAt, textAt } from '../object.ts';
import { renderAge } from './age.ts';
import type { Column } from './kind.ts';
import { podRow } from './pod-row.ts';

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

export const podColumns: Column[] = [
  name,
  { name: 'Ready', value: (pod) => podRow(pod).ready },
  { name: 'Status', value: (pod) => podRow(pod).status },
  { name: 'Restarts', value: (pod) => podRow(pod).restarts },
  ...[age, field('IP', 'status.podIP', true), field('Node', 'spec.nodeName', true)],
];

export const nodeColumns: Column[] = [
  name,
  { name: 'Status', value: nodeStatus },
  { name: 'Roles', value: nodeRoles },
  ...[age, field('Version', 'status.nodeInfo.kubeletVersion')],
  { name: 'Internal-IP', isWide: true, value: (node) => addressOf(node, 'InternalIP') || none },
  field('Container-Runtime', 'status.nodeInfo.containerRuntimeVersion', true),
];

export const eventColumns: Column[] = [
  { name: 'Last Seen', value: (event) => renderAge(textAt(event, 'lastTimestamp') || textAt(event, 'eventTime')) },
  ...[field('Type', 'type'), field('Reason', 'reason')],
  {
    name: 'Object',
    value: (event) => ['kind', 'name'].map((part) => textAt(event, `involvedObject.${part}`)).join('/'),
  },
  field('Message', 'message'),
];

function nodeStatus(node: KubeObject): string {
  const status = { '': 'Unknown', True: 'Ready' }[conditionOf(node, 'Ready')] ?? 'NotReady';
  return fieldAt(node, 'spec.unschedulable') === true ? `${status},SchedulingDisabled` : status;
}

function nodeRoles({ metadata: { labels = {} } }: KubeObject): string {
  const prefix = 'node-role.kubernetes.io/';
  const roles = Object.keys(labels).flatMap((key) => (key.startsWith(prefix) ? [key.slice(prefix.length)] : []));
  return (
    [...roles, labels['kubernetes.io/role'] ?? '']
      .filter((role) => role !== '')
      .sort()
      .join(',') || none
  );
}

/** The node's first address of a type, '' when it has none. */
export function addressOf(node: KubeObject, type: string): string {
  return textAt(
    listAt(node, 'status.addresses').find((address) => address.type === type),
    'address',
  );
}
