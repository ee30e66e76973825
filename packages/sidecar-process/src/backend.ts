import { mkdir } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { type Backend, connectPort, type Logger, type PodRequest } from '@interlink/sidecar-sdk';
import { processCapabilities } from './capabilities.ts';
import { mountedVolumes } from './container-order.ts';
import { createPod } from './create.ts';
import { deletePod } from './delete.ts';
import { warningEvents } from './events.ts';
import { execInContainer } from './exec.ts';
import { sweepLeftovers } from './folder/remove-pod.ts';
import { listPods } from './list.ts';
import { readLog } from './logs.ts';
import { SessionMeter } from './stats/session-meter.ts';
import { measurePods } from './stats.ts';
import { Supervisor } from './supervise/supervisor.ts';
import { updateVolumes } from './update-volumes.ts';
import { watchPods } from './watch.ts';

export interface ProcessBackendOptions {
  /** Where the pods' folders live; made with mode 0700. */
  readonly root: string;
  readonly exportsPodData: boolean;
  readonly logger: Logger;
  /** Milliseconds since the epoch. Default: the machine's clock. */
  readonly now?: () => number;
}

/** A backend whose pods are processes of this account and whose store is a folder per pod. */
export async function createProcessBackend(options: ProcessBackendOptions): Promise<Backend> {
  const podsFolder = join(options.root, 'pods');
  await mkdir(podsFolder, { recursive: true, mode: 0o700 });
  await sweepLeftovers(podsFolder);
  const { logger, now = Date.now } = options;
  const supervisor = new Supervisor({ podsFolder, logger, now });
  const meter = new SessionMeter();
  const context = { podsFolder, supervisor, logger, now, exportsPodData: options.exportsPodData };
  return {
    capabilities: async () => processCapabilities(),
    list: async () => await listPods(podsFolder, supervisor),
    create: async (request, owner) => {
      const { report, isNew } = await createPod(context, request, owner);
      if (isNew) tellWarnings(supervisor, request);
      return report;
    },
    delete: async ({ uid }, gracePeriodSeconds) => await deletePod(context, uid, gracePeriodSeconds),
    updateVolumes: async (pod, volumes) => await updateVolumes(podsFolder, pod, volumes),
    logs: async (pod, container, logOptions, signal) =>
      await readLog(context, { pod, container, options: logOptions, signal }),
    exec: async (pod, container, execOptions, signal) =>
      await execInContainer(podsFolder, { pod, container, options: execOptions, signal }),
    // Nothing is isolated: a pod's ports are this machine's.
    portForward: async (_pod, port, signal) => await connectPort({ host: 'localhost', port, signal }),
    stats: async (owner) => await measurePods(podsFolder, owner, meter),
    watch: async (news, signal) => await watchPods(context, news, signal),
  };
}

function tellWarnings(supervisor: Supervisor, { pod }: PodRequest): void {
  const containers = [...(pod.spec.initContainers ?? []), ...pod.spec.containers];
  const mounts = containers.flatMap(mountedVolumes).map(([variable, { mountPath }]) => [variable, mountPath] as const);
  for (const event of warningEvents({ account: userInfo().username, mounts })) {
    supervisor.tellEvent(pod.metadata.uid, event);
  }
}
