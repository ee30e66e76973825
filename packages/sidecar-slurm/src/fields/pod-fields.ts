import {
  elsewhere,
  type Field,
  type FieldContext,
  ignored,
  recordOf,
  refused,
  supported,
} from '@interlink/sidecar-sdk';
import type { SlurmSite } from '../site/slurm-site.ts';
import { securityFields } from './security-fields.ts';

const isTrue = { concerns: (value: unknown) => value === true, values: 'true' };
const scheduler = 'by the scheduler';
const ordering = 'by the scheduler; the queue of Slurm has priorities of its own';
const apiServer = 'by the API server';
const virtualKubelet = 'by the virtual kubelet';
const namedByNode = 'a process has the host name of its node';
const bare = {
  concerns: (_: unknown, { policy }: FieldContext<SlurmSite>) => policy.runtime.name === 'none',
  values: 'with the runtime `none`',
};

/** Fields of a pod's spec that are none of its containers' or volumes'. */
export const podFields: ReadonlyArray<Field<SlurmSite>> = [
  supported('activeDeadlineSeconds', 'from the start of the job, to the second; `--time` is a little more'),
  elsewhere('affinity', scheduler),
  elsewhere('automountServiceAccountToken', apiServer),
  ignored('dnsConfig', 'a job has the name servers of its node'),
  ignored('dnsPolicy', 'a job has the name servers of its node', {
    concerns: (value) => value === 'None' || value === 'ClusterFirstWithHostNet',
    values: '`None`, `ClusterFirstWithHostNet`; `ClusterFirst` is `Default`, as with `hostNetwork` on any node',
  }),
  elsewhere('enableServiceLinks', virtualKubelet),
  ignored('hostAliases', 'a process has the `/etc/hosts` of its node', bare),
  refused('hostIPC', 'an account can’t give a pod the IPC of all jobs', isTrue),
  supported('hostNetwork', 'every job is in the network of its node, whatever is said here'),
  refused('hostPID', 'an account can’t give a pod the processes of all jobs', isTrue),
  refused('hostUsers', 'processes are those of an account of the cluster', {
    concerns: (value) => value === false,
    values: 'false',
  }),
  ignored('hostname', namedByNode, bare),
  ignored('hostnameOverride', namedByNode, bare),
  supported('imagePullSecrets'),
  elsewhere('nodeName', scheduler),
  elsewhere('nodeSelector', `${scheduler}; GPU types in it count here, too`),
  refused('os', 'the nodes run Linux', { concerns: (value) => recordOf(value).name !== 'linux', values: '`windows`' }),
  elsewhere('overhead', scheduler),
  elsewhere('preemptionPolicy', ordering),
  elsewhere('priority', ordering),
  elsewhere('priorityClassName', ordering),
  elsewhere('readinessGates', virtualKubelet),
  refused('resourceClaims', 'dynamic resource allocation needs a driver on the node'),
  supported('resources', 'goes before the sum of the containers'),
  supported('restartPolicy'),
  refused('runtimeClassName', 'jobs have one runtime, that of the key ContainerRuntime', {
    concerns: (value, { policy }) => value !== policy.runtime.name,
    values: 'any but the name of `ContainerRuntime`',
  }),
  elsewhere('schedulerName', scheduler),
  elsewhere('schedulingGates', scheduler),
  elsewhere('schedulingGroup', scheduler),
  ...securityFields,
  ignored('securityContext.fsGroup', 'volumes belong to the account of the job', {
    concerns: (value, { policy }) => value !== policy.accounts.own.gid,
    values: "another than the account's",
  }),
  supported('securityContext.fsGroupChangePolicy', 'volumes belong to the account from the start'),
  supported('securityContext.seLinuxChangePolicy', 'volumes are not relabelled'),
  ignored('securityContext.supplementalGroups', 'processes have the groups of the account'),
  ignored('securityContext.supplementalGroupsPolicy', 'processes have the groups of the account', {
    concerns: (value) => value === 'Strict',
    values: '`Strict`',
  }),
  refused('securityContext.sysctls', 'an account can’t change the kernel of the node'),
  elsewhere('serviceAccount', apiServer),
  elsewhere('serviceAccountName', apiServer),
  ignored('setHostnameAsFQDN', 'a job is in no domain of the cluster', isTrue),
  refused('shareProcessNamespace', 'each container has processes of its own', {
    concerns: (value, { policy }) => value === true && policy.runtime.name !== 'none',
    values: 'true, but with the runtime `none`',
  }),
  ignored('subdomain', 'a job is in no domain of the cluster'),
  supported('terminationGracePeriodSeconds'),
  elsewhere('tolerations', scheduler),
  elsewhere('topologySpreadConstraints', scheduler),
];
