import type { Check } from '../check.ts';
import { certificates } from './certificates.ts';
import { clockSkew } from './clock-skew.ts';
import { configuration } from './configuration.ts';
import { dataRoot } from './data-root.ts';
import { dockerEngine } from './docker-engine.ts';
import { interLink } from './interlink.ts';
import { kubeletPort } from './kubelet-port.ts';
import { kubernetesApi } from './kubernetes-api.ts';
import { permissions } from './permissions.ts';
import { runPod } from './run-pod.ts';
import { sharedFileSystem } from './shared-file-system.ts';
import { sidecars } from './sidecars.ts';
import { slurmCommands } from './slurm-commands.ts';
import { tokenClaims } from './token-claims.ts';
import { tokenFiles } from './token-files.ts';

/** All that the doctor looks at, from what others need to what needs others. */
export const allChecks: ReadonlyArray<Check> = [
  configuration,
  tokenFiles,
  tokenClaims,
  certificates,
  clockSkew,
  interLink,
  sidecars,
  kubernetesApi,
  permissions,
  kubeletPort,
  dockerEngine,
  slurmCommands,
  dataRoot,
  sharedFileSystem,
  runPod,
];
