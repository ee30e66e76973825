import type { ActionTarget } from '../actions/action-target.ts';
import { connectTo } from '../actions/dial.ts';

/** A container of a pod at 127.0.0.1 that has a port `web`. */
export function localTarget(port: number, more: Partial<ActionTarget> = {}): ActionTarget {
  return {
    pod: { namespace: 'ns', name: 'p', uid: '11111111-1111-4111-8111-111111111111' },
    container: { name: 'c', ports: [{ name: 'web', containerPort: port }] },
    host: '127.0.0.1',
    connect: connectTo('127.0.0.1'),
    ...more,
  };
}
