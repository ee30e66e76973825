import type { Check } from '../check.ts';
import { authenticationChecks } from './authentication.ts';
import { capabilityChecks } from './capabilities.ts';
import { createChecks } from './create.ts';
import { deleteChecks } from './delete.ts';
import { epochChecks } from './epochs.ts';
import { errorChecks } from './errors.ts';
import { kubeconfigChecks } from './kubeconfig.ts';
import { listChecks } from './list.ts';
import { logChecks } from './logs.ts';
import { ownerChecks } from './owners.ts';
import { restartChecks } from './restart.ts';
import { statsChecks } from './stats.ts';
import { statusChecks } from './status.ts';
import { updateChecks } from './update.ts';
import { v1Checks } from './v1/v1-checks.ts';
import { volumeChecks } from './volumes.ts';
import { watchChecks } from './watch.ts';

/** Every check, in the order of docs/protocol.md. */
export const allChecks: ReadonlyArray<Check> = [
  ...ownerChecks,
  ...epochChecks,
  ...authenticationChecks,
  ...capabilityChecks,
  ...createChecks,
  ...statusChecks,
  ...listChecks,
  ...watchChecks,
  ...updateChecks,
  ...deleteChecks,
  ...logChecks,
  ...volumeChecks,
  ...kubeconfigChecks,
  ...statsChecks,
  ...errorChecks,
  ...restartChecks,
  ...v1Checks,
];
