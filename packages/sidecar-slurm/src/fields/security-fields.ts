import { type Field, ignored, recordOf, refused, supported } from '@interlink/sidecar-sdk';
import type { SlurmSite } from '../site/slurm-site.ts';
import { unlessIgnored } from './switches.ts';

const isLocalhost = { concerns: (value: unknown) => recordOf(value).type === 'Localhost', values: '`Localhost`' };

/** Rows that pods and containers have alike in their security contexts. */
export const securityFields: ReadonlyArray<Field<SlurmSite>> = [
  refused(
    'securityContext.appArmorProfile',
    'a job has the profile of its node; there is none of its own to load',
    isLocalhost,
  ),
  unlessIgnored('securityContext.runAsGroup', "another than the account's"),
  supported('securityContext.runAsNonRoot', 'processes run as the account of the job; refused when that is root'),
  unlessIgnored(
    'securityContext.runAsUser',
    "another than the account's, unless `Slurm.Users` has it run as that account",
  ),
  ignored('securityContext.seLinuxOptions', 'a container has the SELinux context of its job'),
  refused(
    'securityContext.seccompProfile',
    'jobs are given no profiles; `RuntimeDefault` is what the runtime does by itself',
    isLocalhost,
  ),
  ignored('securityContext.windowsOptions', 'the nodes run Linux'),
];
