import { type ObjectReference, objectReference } from '@interlink/kube';

/** What an event about a node refers to: its name in place of its UID and no namespace, as the kubelet has it and `kubectl describe` seeks it. */
export function nodeReference(name: string): ObjectReference {
  return objectReference({ apiVersion: 'v1', kind: 'Node', metadata: { name, uid: name } });
}
