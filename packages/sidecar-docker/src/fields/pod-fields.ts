import {
  elsewhere,
  type Field,
  ignored,
  recordOf,
  refused,
  supported,
  supportedWith,
  switched,
} from '@interlink/sidecar-sdk';
import type { SitePolicy } from '../site/site-policy.ts';
import { profileFields } from './profile-fields.ts';
import { seLinux } from './selinux-fields.ts';
import { hostNamespaces } from './switches.ts';

const isTrue = (value: unknown): boolean => value === true;
const toHost = { concerns: isTrue, values: 'true' };
const scheduler = 'by the scheduler';
const apiServer = 'by the API server';
const virtualKubelet = 'by the virtual kubelet';

/** Fields of a pod's spec that are none of its containers' or volumes'. */
export const podFields: ReadonlyArray<Field<SitePolicy>> = [
  supported('activeDeadlineSeconds'),
  elsewhere('affinity', scheduler),
  elsewhere('automountServiceAccountToken', apiServer),
  supportedWith('dnsConfig', [
    supported('nameservers'),
    supported('options[].name'),
    supported('options[].value'),
    supported('searches'),
  ]),
  supported('dnsPolicy', '`ClusterFirst` needs `ClusterDNS`; else it is `Default`, with event `MissingClusterDNS`'),
  elsewhere('enableServiceLinks', virtualKubelet),
  supportedWith('hostAliases[]', [supported('hostnames'), supported('ip')]),
  switched('hostIPC', hostNamespaces, toHost),
  switched('hostNetwork', hostNamespaces, toHost),
  switched('hostPID', hostNamespaces, toHost),
  refused('hostUsers', 'the engine has no user namespace for a single pod', {
    concerns: (value) => value === false,
    values: 'false',
  }),
  supported('hostname'),
  supported('hostnameOverride'),
  supportedWith('imagePullSecrets[]', [supported('name')]),
  elsewhere('nodeName', scheduler),
  elsewhere('nodeSelector', scheduler),
  refused('os', 'the engine runs Linux', {
    concerns: (value) => recordOf(value).name !== 'linux',
    values: '`windows`',
  }),
  elsewhere('overhead', scheduler),
  elsewhere('preemptionPolicy', scheduler),
  elsewhere('priority', scheduler),
  elsewhere('priorityClassName', scheduler),
  elsewhere('readinessGates', virtualKubelet),
  refused('resourceClaims', 'dynamic resource allocation needs a driver on the node'),
  refused('resources', 'the engine limits single containers, not a pod as a whole'),
  supported('restartPolicy'),
  supported('runtimeClassName', "the name of one of the engine's runtimes; any other is refused"),
  elsewhere('schedulerName', scheduler),
  elsewhere('schedulingGates', scheduler),
  elsewhere('schedulingGroup', scheduler),
  supportedWith('securityContext.appArmorProfile', profileFields, 'refused where the host has no AppArmor'),
  // Processes are in the group all the same. https://kubernetes.io/docs/tasks/configure-pod-container/security-context/
  ignored('securityContext.fsGroup', 'what is in claims keeps the group that the administrator gave it', {
    concerns: (_, { spec }) => (spec.volumes ?? []).some(({ persistentVolumeClaim: claim }) => claim !== undefined),
    values: 'of a pod with claims, for these',
  }),
  supported('securityContext.fsGroupChangePolicy', 'volumes that a pod gets belong to its group from the start'),
  supported('securityContext.runAsGroup'),
  supported('securityContext.runAsNonRoot'),
  supported('securityContext.runAsUser'),
  ignored('securityContext.seLinuxChangePolicy', 'volumes are not relabelled', {
    concerns: (value) => value !== 'MountOption',
    values: '`Recursive`',
  }),
  ...seLinux('securityContext'),
  supportedWith('securityContext.seccompProfile', profileFields, '`Localhost`: a file of `Docker.SeccompProfiles`'),
  supported('securityContext.supplementalGroups'),
  supported('securityContext.supplementalGroupsPolicy', '`Strict` only with `runAsGroup`, and refused without'),
  supportedWith(
    'securityContext.sysctls[]',
    [supported('name'), supported('value')],
    'safe ones, and those of `Docker.AllowedUnsafeSysctls`; else `SysctlForbidden`',
  ),
  ignored('securityContext.windowsOptions', 'the engine runs Linux'),
  elsewhere('serviceAccount', apiServer),
  elsewhere('serviceAccountName', apiServer),
  supported('setHostnameAsFQDN', 'refused when the name would be longer than 64 characters'),
  supported('shareProcessNamespace'),
  supported('subdomain'),
  supported('terminationGracePeriodSeconds'),
  elsewhere('tolerations', scheduler),
  elsewhere('topologySpreadConstraints', scheduler),
];
