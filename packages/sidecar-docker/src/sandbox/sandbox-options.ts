import { isMemory, type PodSpec } from '@interlink/sidecar-sdk';
import type Docker from 'dockerode';
import { memoryMount } from '../container/memory-mount.ts';
import { toFsGroup } from '../container/security-context.ts';
import { renderContainerName } from '../identity/container-name.ts';
import { type PodLabels, renderLabels } from '../identity/labels.ts';
import { toPortBindings } from './host-ports.ts';
import { sandboxNamespaces } from './namespaces.ts';
import { etcPaths } from './pod-etc.ts';
import { sandboxImageName } from './sandbox-image.ts';
import type { SandboxPlan } from './sandbox-plan.ts';
import { toSysctls } from './sysctls.ts';

/**
 * The container that holds what a pod's containers share: network, host name, IPC, tmpfs volumes. Its restart policy doubles
 * as a note that outlives this process: `always` while the pod shall live, `no` from the moment its deletion was asked for.
 */
export function toSandboxOptions(spec: PodSpec, labels: PodLabels, plan: SandboxPlan): Docker.ContainerCreateOptions {
  const { name: pod, namespace, uid } = labels;
  const { ExposedPorts: exposed, HostConfig: ports } = toPortBindings(spec);
  return {
    name: renderContainerName({ container: undefined, pod, namespace, uid, attempt: 0 }),
    Labels: renderLabels(labels, {
      ...{ kind: 'sandbox', container: '', position: -1, attempt: 0, failuresBefore: 0, image: '', imageId: '' },
    }),
    Image: plan.image ?? sandboxImageName,
    // In the host's network a pod has the host's name, which the engine gives it.
    ...(spec.hostNetwork === true ? {} : { Hostname: plan.etc.hosts.hostname }),
    ...(exposed === undefined ? {} : { ExposedPorts: exposed }),
    HostConfig: {
      ...sandboxNamespaces(spec),
      ...ports,
      Sysctls: toSysctls(spec),
      RestartPolicy: { Name: 'always' },
      LogConfig: { Type: 'none', Config: {} },
      CapDrop: ['ALL'],
      ReadonlyRootfs: true,
      SecurityOpt: ['no-new-privileges'],
      CpuShares: 2,
      Mounts: [...etcMounts(plan, uid), ...memoryMounts(spec, uid)],
    },
  };
}

/** Containers that join the sandbox's network get these, too, unless they mount their own there. */
function etcMounts({ root, etc }: SandboxPlan, uid: string): Docker.MountSettings[] {
  const { hosts, resolvConf } = etcPaths(root, uid);
  const bind = (source: string, target: string) => ({ Type: 'bind' as const, Source: source, Target: target });
  return [bind(hosts, '/etc/hosts'), ...(etc.resolvConf === undefined ? [] : [bind(resolvConf, '/etc/resolv.conf')])];
}

function memoryMounts(spec: PodSpec, uid: string): Docker.MountSettings[] {
  return (spec.volumes ?? [])
    .filter(isMemory)
    .map((volume) => ({ ...memoryMount(volume, uid, toFsGroup(spec)), Target: `/volumes/${volume.name}` }));
}
