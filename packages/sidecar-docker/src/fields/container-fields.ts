import {
  elsewhere,
  type Field,
  ignored,
  recordOf,
  refused,
  stringsOf,
  supported,
  supportedWith,
  switched,
} from '@interlink/sidecar-sdk';
import { isHostCapability } from '../container/capabilities.ts';
import type { SitePolicy } from '../site/site-policy.ts';
import { hookFields, probeFields } from './action-fields.ts';
import { profileFields } from './profile-fields.ts';
import { seLinux } from './selinux-fields.ts';
import { privileged } from './switches.ts';

const isTrue = (value: unknown): boolean => value === true;

/** Fields of a container, of whichever kind. */
export const containerFields: ReadonlyArray<Field<SitePolicy>> = [
  supported('args', "the engine's `Cmd`"),
  supported('command', "the engine's `Entrypoint`"),
  supported('env', 'resolved by the virtual kubelet'),
  elsewhere('envFrom', 'by the virtual kubelet'),
  supported('image'),
  supported('imagePullPolicy'),
  supportedWith('lifecycle.postStart', hookFields),
  supportedWith('lifecycle.preStop', hookFields),
  supported('lifecycle.stopSignal'),
  supportedWith('livenessProbe', probeFields),
  supported('name'),
  supported('ports[].containerPort'),
  supported('ports[].hostIP'),
  supported('ports[].hostPort', 'published by the engine; one that is taken is told by `FailedCreatePodSandBox`'),
  supported('ports[].name'),
  supported('ports[].protocol'),
  supportedWith('readinessProbe', probeFields),
  ignored('resizePolicy', 'resources change while the container runs', {
    concerns: (value) =>
      Array.isArray(value) && value.some((one) => recordOf(one).restartPolicy === 'RestartContainer'),
    values: '`RestartContainer`',
  }),
  refused('resources.claims', 'dynamic resource allocation needs a driver on the node'),
  ...resources(),
  supported('restartPolicy'),
  refused('restartPolicyRules', 'containers are restarted one by one', {
    concerns: (value) => !Array.isArray(value) || value.some((rule) => recordOf(rule).action !== 'Restart'),
    values: 'actions other than `Restart`',
  }),
  supported('securityContext.allowPrivilegeEscalation', '`false`: no-new-privileges'),
  supportedWith('securityContext.appArmorProfile', profileFields, "as the pod's; the annotation of old, too"),
  switched(
    'securityContext.capabilities.add',
    privileged,
    {
      concerns: (value) => stringsOf(value).some(isHostCapability),
      values: 'those that reach past a container: `SYS_ADMIN`, `ALL`, …',
    },
    'all others are given',
  ),
  supported('securityContext.capabilities.drop'),
  switched('securityContext.privileged', privileged, { concerns: isTrue, values: 'true' }),
  switched('securityContext.procMount', privileged, {
    concerns: (value) => value === 'Unmasked',
    values: '`Unmasked`',
  }),
  supported('securityContext.readOnlyRootFilesystem'),
  supported('securityContext.runAsGroup'),
  supported('securityContext.runAsNonRoot', "with the kubelet's errors"),
  supported('securityContext.runAsUser'),
  ...seLinux('securityContext'),
  supportedWith('securityContext.seccompProfile', profileFields),
  ignored('securityContext.windowsOptions', 'the engine runs Linux'),
  supportedWith('startupProbe', probeFields),
  supported('stdin'),
  supported('stdinOnce'),
  supported('targetContainerName', 'of ephemeral containers'),
  supported('terminationMessagePath'),
  supported('terminationMessagePolicy'),
  supported('tty'),
  refused('volumeDevices', 'raw block devices need a storage driver on the node'),
  supported('volumeMounts[].mountPath'),
  supported(
    'volumeMounts[].mountPropagation',
    'of what `Docker.HostPaths` lists itself, of folders of claims, and of emptyDirs on the disk; `Bidirectional` for privileged containers',
  ),
  supported('volumeMounts[].name'),
  supported('volumeMounts[].readOnly'),
  refused('volumeMounts[].recursiveReadOnly', 'the engine can make a mount read-only, not the mounts below it', {
    concerns: (value) => value === 'Enabled',
    values: '`Enabled`',
  }),
  supported('volumeMounts[].subPath'),
  elsewhere('volumeMounts[].subPathExpr', 'by the virtual kubelet, which makes it a `subPath`'),
  supported('workingDir'),
];

function resources(): Field<SitePolicy>[] {
  const isOfDisk = {
    concerns: (value: unknown) => 'ephemeral-storage' in recordOf(value),
    values: '`ephemeral-storage`',
  };
  return [
    ignored('resources.limits', 'how much a container writes is not limited', isOfDisk),
    supported(
      'resources.requests',
      '`cpu`: a weight; `memory`: who is killed first when the host has no more; `nvidia.com/gpu`, `amd.com/gpu`: as `Docker.Resources` has them; any other extended resource is refused',
    ),
  ];
}
