import { InterLinkError, nearest } from '@interlink/sidecar-sdk';
import { accessMisbehaviours } from './access.ts';
import { capabilityMisbehaviours } from './capabilities.ts';
import { createMisbehaviours } from './create.ts';
import { deleteMisbehaviours } from './delete.ts';
import { epochMisbehaviours } from './epochs.ts';
import { kubeconfigMisbehaviours } from './kubeconfig.ts';
import { logMisbehaviours } from './logs.ts';
import type { Misbehaviour } from './misbehaviour.ts';
import { ownerMisbehaviours } from './owners.ts';
import { statsMisbehaviours } from './stats.ts';
import { statusMisbehaviours } from './status.ts';
import { updateMisbehaviours } from './update.ts';
import { v1Misbehaviours } from './v1.ts';
import { volumeMisbehaviours } from './volumes.ts';
import { watchMisbehaviours } from './watch.ts';

/** Every way to be wrong that the mock knows, in the order of docs/protocol.md. The table in README.md is checked against it. */
export const misbehaviours: ReadonlyArray<Misbehaviour> = [
  ...ownerMisbehaviours,
  ...epochMisbehaviours,
  ...accessMisbehaviours,
  ...capabilityMisbehaviours,
  ...createMisbehaviours,
  ...statusMisbehaviours,
  ...watchMisbehaviours,
  ...updateMisbehaviours,
  ...deleteMisbehaviours,
  ...logMisbehaviours,
  ...volumeMisbehaviours,
  ...kubeconfigMisbehaviours,
  ...statsMisbehaviours,
  ...v1Misbehaviours,
];

/** @throws InterLinkError `invalid_argument` for a name that is not known, with those that are */
export function findMisbehaviour(name: string): Misbehaviour {
  const found = misbehaviours.find((misbehaviour) => misbehaviour.name === name);
  if (found !== undefined) return found;
  const names = misbehaviours.map((misbehaviour) => misbehaviour.name);
  const near = nearest(name, names);
  const hint = near === undefined ? '' : `: did you mean ${near}?`;
  throw new InterLinkError(
    'invalid_argument',
    `MOCK_MISBEHAVE is ${JSON.stringify(name)}, which the mock does not know${hint} Known: ${names.join(', ')}`,
  );
}
