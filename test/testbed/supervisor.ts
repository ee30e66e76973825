import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { startControlPlane } from './control-plane/control-plane.ts';
import { startDockerEngine } from './docker/docker-engine.ts';
import { toEngineTraces } from './docker/engine-traces.ts';
import { removeLeftovers } from './leftovers.ts';
import { OnDemand, type OnDemandPart, type Starters } from './on-demand.ts';
import { startPodmanEngine } from './podman/podman-engine.ts';
import { findProgram, toServerPath } from './process/find-program.ts';
import { findMissingRequirements, type Part } from './requirements.ts';
import { importClusterImage } from './slurm/cluster-image.ts';
import { startSlurmCluster } from './slurm/slurm-cluster.ts';
import { startSlurmHost } from './slurm/slurm-host.ts';
import type { FromSupervisor, SupervisorTask } from './supervisor-messages.ts';
import type { TestbedData } from './testbed-data.ts';
import { writeOwner } from './testbed-directory.ts';

// A process of its own that all servers are children of. It is told to stop, or loses the channel to the process that
// asked for the testbed (which has been killed, then), and in both cases cleans up in order. When it is killed itself,
// the kernel ends the servers with it, and the next testbed removes the rest.

const task = JSON.parse(process.argv[2] ?? '') as SupervisorTask;
const stopping = new AbortController();
const stopped = new Promise<void>((resolve) => stopping.signal.addEventListener('abort', () => resolve()));

process.on('message', () => stopping.abort());
process.on('disconnect', () => stopping.abort());
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => stopping.abort());
process.env.PATH = toServerPath(process.env.PATH ?? '');

try {
  await using cleanUp = new AsyncDisposableStack();
  cleanUp.defer(() => rm(task.directory, { recursive: true, force: true }));
  await writeOwner(task.directory);
  await removeLeftovers(dirname(task.directory));
  const data = await start(cleanUp);
  const onDemand = new OnDemand(toStarters(data, cleanUp));
  if (data.onDemand !== undefined) await onDemand.listen(data.onDemand.socket);
  say({ type: 'ready', data });
  await stopped;
  // Nothing may still be starting when the clean-up begins.
  await onDemand.close();
} catch (error) {
  say({ type: 'failed', message: describe(error) });
  process.exitCode = 1;
}
if (process.connected) process.disconnect?.();

async function start(cleanUp: AsyncDisposableStack): Promise<TestbedData> {
  const { directory, parts, onDemand, flags, release } = task;
  const { signal } = stopping;
  const missing = await findMissingRequirements([...parts, ...onDemand]);
  const canStart = (part: Part) => parts.includes(part) && !missing.some((one) => one.part === part);
  const data: TestbedData = { directory, missing, env: {} };
  const starting: Promise<void>[] = [];
  const executable = canStart('browser') ? await findProgram('chromium') : undefined;
  if (executable !== undefined) data.browser = { executable };
  if (canStart('docker')) {
    const options = { directory: join(directory, 'docker'), traces: toEngineTraces(directory), signal, cleanUp };
    starting.push(
      startDockerEngine(options).then((docker) => {
        data.docker = docker.data;
        data.env.DOCKER_HOST = docker.data.host;
      }),
    );
  }
  if (canStart('controlPlane')) {
    const options = { directory: join(directory, 'control-plane'), flags, release, onProgress, signal, cleanUp };
    starting.push(
      startControlPlane(options).then((controlPlane) => {
        data.controlPlane = controlPlane;
        data.env.KUBECONFIG = controlPlane.kubeconfig;
        data.env.PATH = `${dirname(controlPlane.kubectl)}:${process.env.PATH ?? ''}`;
      }),
    );
  }
  // One that fails stops the others; here, too, nothing may still be starting when the clean-up begins.
  for (const part of starting) part.catch(() => stopping.abort());
  const outcomes = await Promise.allSettled(starting);
  const failures = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []));
  const failure = failures.find((reason) => !isAbort(reason)) ?? failures[0];
  if (failure !== undefined) throw failure;
  const offered = onDemand.filter((part) => !missing.some((one) => one.part === part));
  // The cluster's containers are the engine's.
  const startable = offered.filter((part) => part !== 'slurmCluster' || data.docker !== undefined);
  if (onDemand.length > 0) data.onDemand = { socket: join(directory, 'on-demand.sock'), parts: startable };
  return data;
}

/** How the parts are started that nobody has asked for yet. */
function toStarters({ directory, docker, onDemand }: TestbedData, cleanUp: AsyncDisposableStack): Starters {
  const { signal } = stopping;
  const canStart = (part: OnDemandPart) => onDemand?.parts.includes(part) ?? false;
  return {
    ...(canStart('slurmHost') && {
      slurmHost: async () => (await startSlurmHost({ directory: join(directory, 'slurm-host'), signal, cleanUp })).data,
    }),
    ...(canStart('slurmCluster') &&
      docker && {
        slurmCluster: async () => {
          const image = await importClusterImage(docker.socket, { onProgress, signal });
          const { cgroup } = toEngineTraces(directory);
          const folder = join(directory, 'slurm-cluster');
          return (await startSlurmCluster({ directory: folder, docker, cgroup, image, signal, cleanUp })).data;
        },
      }),
    ...(canStart('podman') && {
      podman: async () => {
        const bridge = toEngineTraces(directory).podmanBridge;
        return await startPodmanEngine({ directory: join(directory, 'podman'), bridge, signal, cleanUp });
      },
    }),
  };
}

function onProgress(line: string): void {
  say({ type: 'progress', line });
}

function say(message: FromSupervisor): void {
  // The other side may be gone.
  if (process.connected) process.send?.(message, () => undefined);
}

function describe(error: unknown): string {
  if (error instanceof SuppressedError) return `${describe(error.suppressed)}\nand then: ${describe(error.error)}`;
  if (isAbort(error)) return 'it was told to stop while starting';
  return error instanceof Error ? error.message : String(error);
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}
