import { stat } from 'node:fs/promises';
import {
  InterLinkError,
  type Owner,
  type PodLifecycle,
  type PodReport,
  type PodRequest,
  type Volume,
} from '@interlink/sidecar-sdk';
import { PodFolder } from './folder/pod-folder.ts';
import { writePod } from './folder/write-pod.ts';

export interface CreateOptions {
  readonly podsFolder: string;
  /** Whether ConfigMaps and Secrets may be written: `ExportPodData`. */
  readonly exportsPodData: boolean;
  readonly lifecycle: PodLifecycle;
  readonly now: () => number;
}

/** Writes the pod's folder, unless it is there already, and starts what is to start first. @returns the first report, and whether the pod is new */
export async function createPod(
  options: CreateOptions,
  request: PodRequest,
  owner: Owner,
): Promise<{ report: PodReport; isNew: boolean }> {
  assertRunnable(request, options.exportsPodData);
  const { uid, namespace, name } = request.pod.metadata;
  const folder = new PodFolder(options.podsFolder, uid);
  const isNew = !(await exists(folder.request));
  if (isNew) await writePod(options.podsFolder, request, owner, new Date(options.now()).toISOString());
  const report = await options.lifecycle.settle(uid);
  if (report === undefined)
    throw new InterLinkError('aborted', `The pod ${namespace}/${name} was removed while it was created`);
  return { report, isNew };
}

/** @throws InterLinkError `failed_precondition` for what plain processes can't do */
export function assertRunnable({ pod }: PodRequest, exportsPodData: boolean): void {
  const refuse = (problem: string) => {
    const { namespace, name } = pod.metadata;
    throw new InterLinkError('failed_precondition', `Cannot run pod "${namespace}/${name}" as processes: ${problem}`, {
      reason: 'CreateContainerError',
    });
  };
  for (const container of [...(pod.spec.initContainers ?? []), ...pod.spec.containers]) {
    if (container.command === undefined || container.command.length === 0) {
      refuse(
        `container "${container.name}" has no command, and an image's own entrypoint is not known without the image`,
      );
    }
  }
  for (const volume of pod.spec.volumes ?? []) {
    const problem = unfitVolume(volume, exportsPodData);
    if (problem !== undefined) refuse(`volume "${volume.name}" ${problem}`);
  }
}

function unfitVolume(volume: Volume, exportsPodData: boolean): string | undefined {
  if (volume.hostPath !== undefined) return 'is a hostPath: use the path itself, nothing is isolated';
  if (volume.persistentVolumeClaim !== undefined) return 'is a persistentVolumeClaim: there is no storage here';
  if (!exportsPodData && (volume.configMap !== undefined || volume.secret !== undefined)) {
    return 'is a ConfigMap or Secret, and ExportPodData is false';
  }
  return undefined;
}

async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  );
}
