import type { PodSpec } from '@interlink/sidecar-sdk';
import type Docker from 'dockerode';
import { toFsGroup } from '../container/security-context.ts';
import { isMemory, memoryMount } from '../container/volume-type.ts';
import { renderContainerName } from '../identity/container-name.ts';
import { type PodLabels, renderLabels } from '../identity/labels.ts';
import { sandboxImageName } from './sandbox-image.ts';

/** The longest host name that Linux has. */
const maxHostname = 63;

/**
 * The container that holds what a pod's containers share: network, host name, IPC, tmpfs volumes. Its restart policy doubles
 * as a note that outlives this process: `always` while the pod shall live, `no` from the moment its deletion was asked for.
 */
export function toSandboxOptions(spec: PodSpec, labels: PodLabels): Docker.ContainerCreateOptions {
  const { name: pod, namespace, uid } = labels;
  return {
    name: renderContainerName({ container: undefined, pod, namespace, uid, attempt: 0 }),
    Labels: renderLabels(labels, {
      ...{ kind: 'sandbox', container: '', position: -1, attempt: 0, failuresBefore: 0, image: '', imageId: '' },
    }),
    Image: sandboxImageName,
    Hostname: toHostname(spec.hostname ?? pod),
    HostConfig: {
      IpcMode: 'shareable',
      RestartPolicy: { Name: 'always' },
      LogConfig: { Type: 'none', Config: {} },
      CapDrop: ['ALL'],
      ReadonlyRootfs: true,
      SecurityOpt: ['no-new-privileges'],
      CpuShares: 2,
      Mounts: (spec.volumes ?? [])
        .filter(isMemory)
        .map((volume) => ({ ...memoryMount(volume, uid, toFsGroup(spec)), Target: `/volumes/${volume.name}` })),
    },
  };
}

/** The first label of a pod's name, cut to what the kernel takes (the kubelet's `GeneratePodHostNameAndDomain`). */
function toHostname(name: string): string {
  return name.slice(0, maxHostname).replace(/[-.]+$/, '');
}
