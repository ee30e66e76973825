import type { RuntimePlan } from '../job-plan.ts';
import type { RuntimeDriver } from '../runtime-driver.ts';
import { apptainer } from './apptainer.ts';
import { enroot } from './enroot.ts';
import { foreign } from './foreign.ts';
import { none } from './none.ts';

const drivers: Readonly<Record<RuntimePlan['driver'], RuntimeDriver>> = { none, apptainer, enroot, foreign };

export function driverOf(name: RuntimePlan['driver']): RuntimeDriver {
  return drivers[name];
}
