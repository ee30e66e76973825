import {
  type Container,
  declared,
  type Pod,
  parseImageReference,
  restartPolicyOf,
  restartRulesOf,
  toPullPolicy,
} from '@interlink/sidecar-sdk';
import type { PodFolder } from '../folder/pod-folder.ts';
import type { PodOptions } from '../request/pod-options.ts';
import type { JobPlan, PlannedContainer, RuntimePlan } from '../script/job-plan.ts';
import type { SlurmSite } from '../site/slurm-site.ts';
import { planMounts, planScratch } from './plan-mounts.ts';

const defaultGraceSeconds = 30;
/** What container runtimes set with a terminal; the pod's own word comes after it. */
const terminalType = { name: 'TERM', value: 'xterm' };
const defaultTerminationPath = '/dev/termination-log';

export interface JobPlanInput {
  readonly pod: Pod;
  readonly options: PodOptions;
  readonly folder: PodFolder;
  readonly spoolFolder: string;
  readonly site: SlurmSite;
  readonly runtime: RuntimePlan;
}

/** What a pod's script is made of. The pod has been checked: nothing here refuses. */
export function planJob({ pod, options, folder, spoolFolder, site, runtime }: JobPlanInput): JobPlan {
  const { metadata, spec } = pod;
  const { uid, namespace, name } = metadata;
  const { commandPrefix, bashPath } = site.script;
  const { tsocks } = site;
  return {
    pod: { uid, namespace, name },
    ...{ podFolder: folder.path, spoolFolder, bashPath, runtime },
    fileSystem: toFileSystem(site.folders.isShared),
    graceSeconds: spec.terminationGracePeriodSeconds ?? defaultGraceSeconds,
    deadlineSeconds: spec.activeDeadlineSeconds,
    containers: declared(pod).flatMap(({ kind, spec: container }) =>
      kind === 'ephemeral' ? [] : [planContainer(container, kind, pod, options, site)],
    ),
    scratchVolumes: planScratch(pod),
    scratchFolder: site.folders.scratch,
    site: { commandPrefix, preExec: options.preExec },
    imagesPulledBy: site.images.pulledBy,
    proxy: tsocks && { loginNode: tsocks.loginNode, libraryPath: tsocks.path, configPath: tsocks.configPath },
  };
}

function toFileSystem(isShared: boolean | undefined): JobPlan['fileSystem'] {
  if (isShared === undefined) return 'unknown';
  return isShared ? 'shared' : 'remote';
}

function planContainer(
  container: Container,
  kind: PlannedContainer['kind'],
  pod: Pod,
  options: PodOptions,
  site: SlurmSite,
): PlannedContainer {
  const { name, image = '', command, args, env = [], workingDir, ports, lifecycle, tty = false } = container;
  const { startupProbe, livenessProbe, readinessProbe } = container;
  return {
    ...{ name, kind, image, workingDir, stdin: stdinOf(container), tty },
    env: [...(tty ? [terminalType] : []), ...env.map(({ name, value = '' }) => ({ name, value }))],
    imagePullPolicy: toPullPolicy(container, parseImageReference(image)),
    // Kubernetes takes empty lists for none.
    command: command?.length === 0 ? undefined : command,
    args: args?.length === 0 ? undefined : args,
    mounts: planMounts(container, pod, site),
    restartPolicy: restartPolicyOf(kind, container, pod.spec.restartPolicy),
    restartRules: restartRulesOf(kind, container),
    probes: site.script.runsProbes ? { ...given({ startupProbe, livenessProbe, readinessProbe }) } : {},
    hooks: given({ postStart: lifecycle?.postStart, preStop: lifecycle?.preStop }),
    ports: given({ ports }),
    stopSignal: lifecycle?.stopSignal?.replace(/^SIG/, ''),
    terminationMessagePath: container.terminationMessagePath || defaultTerminationPath,
    mpiFlags: kind === 'container' ? options.mpiFlags : undefined,
  };
}

/** A terminal's input does not end with who types: https://github.com/containerd/containerd/blob/main/internal/cri/io/container_io.go `Attach` */
function stdinOf({ stdin = false, stdinOnce = false, tty = false }: Container): PlannedContainer['stdin'] {
  if (!stdin) return undefined;
  return stdinOnce && !tty ? 'once' : 'kept';
}

/** Without the members that are undefined. */
function given<T extends object>(members: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as never;
}
