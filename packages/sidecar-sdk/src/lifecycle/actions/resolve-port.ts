import type { Container } from '@interlink/protocol';

/**
 * The number of a port that a probe or a hook names.
 * @throws Error in the kubelet's words (https://github.com/kubernetes/kubernetes/blob/master/pkg/probe/util.go)
 */
export function resolvePort(reference: number | string, container: Pick<Container, 'ports'>): number {
  if (typeof reference === 'number') return reference;
  const port = container.ports?.find(({ name }) => name === reference);
  if (port === undefined) throw new Error(`port ${JSON.stringify(reference)} not found`);
  return port.containerPort;
}
