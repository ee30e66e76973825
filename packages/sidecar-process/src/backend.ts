import { mkdir } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { type Backend, connectPort, type Logger, PodLifecycle, systemClock } from '@interlink/sidecar-sdk';
import { processCapabilities } from './capabilities.ts';
import { createPod } from './create.ts';
import { deletePod } from './delete.ts';
import { execInContainer } from './exec.ts';
import { sweepLeftovers } from './folder/remove-pod.ts';
import { readLog } from './logs.ts';
import { ProcessRuntime } from './runtime/process-runtime.ts';
import { SessionMeter } from './stats/session-meter.ts';
import { measurePods } from './stats.ts';
import { updatePod } from './update.ts';
import { updateVolumes } from './update-volumes.ts';
import { warningEvents } from './warning-events.ts';
import { watchPods } from './watch.ts';

export interface ProcessBackendOptions {
  /** Where the pods' folders live; made with mode 0700. */
  readonly root: string;
  readonly exportsPodData: boolean;
  readonly logger: Logger;
}

/** A backend whose pods are processes of this account and whose store is a folder per pod. */
export async function createProcessBackend(options: ProcessBackendOptions): Promise<Backend> {
  const podsFolder = join(options.root, 'pods');
  await mkdir(podsFolder, { recursive: true, mode: 0o700 });
  const { logger } = options;
  await sweepLeftovers(podsFolder, logger);
  const { now } = systemClock;
  const runtime = new ProcessRuntime(podsFolder, now);
  const lifecycle = new PodLifecycle({ runtime, logger });
  const meter = new SessionMeter();
  const context = { podsFolder, runtime, lifecycle, logger, now, exportsPodData: options.exportsPodData };
  return {
    capabilities: async () => processCapabilities(),
    list: async () => await lifecycle.list(),
    create: async (request, owner) => {
      const { report, isNew } = await createPod(context, request, owner);
      if (isNew) {
        const { uid } = request.pod.metadata;
        for (const event of warningEvents(request.pod, userInfo().username)) lifecycle.tell(uid, undefined, event);
      }
      return report;
    },
    update: async (update) => await updatePod(context, update),
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
