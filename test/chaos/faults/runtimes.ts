import type { RuntimeFaultName } from '../plan/fault-names.ts';
import type { Fault } from './fault.ts';

/** Something is done to what the sidecar stands on. */
export function below(name: RuntimeFaultName): Fault {
  return async ({ runtime }) => {
    const begin = runtime.faults[name];
    if (begin === undefined) throw new Error(`${runtime.command} stands on nothing that can have the fault "${name}"`);
    return await begin();
  };
}
