import type Docker from 'dockerode';
import { type CreatedContainer, createOnce } from '../engine/create-once.ts';
import type { Engine } from '../engine/engine.ts';
import type { EngineFeatures } from '../engine/engine-features.ts';
import { renderHostConfigLabel } from '../identity/labels.ts';

/** What a container has of the sandbox whose network it joins, unless it mounts its own there. */
const sharedFiles: ReadonlyArray<string> = ['/etc/hosts', '/etc/resolv.conf'];

export interface SandboxReference {
  readonly sandboxId: string;
  readonly features: Pick<EngineFeatures, 'isPodman'>;
}

/**
 * Creates a pod's container, once. What Docker does by itself for one that joins a sandbox is asked of Podman in so many words: host name
 * and files of the sandbox, volumes with their options and labels, and how it was made, which Podman's inspection does not tell.
 */
export async function createContainer(
  engine: Engine,
  options: Docker.ContainerCreateOptions,
  { sandboxId, features }: SandboxReference,
): Promise<CreatedContainer> {
  if (!features.isPodman) return await createOnce(engine, options);
  await createVolumes(engine, options);
  const labelled = { ...options, Labels: { ...options.Labels, ...renderHostConfigLabel(options.HostConfig) } };
  return await createOnce(engine, inSandbox(labelled, await engine.inspectContainer(sandboxId)));
}

/** Makes the engine's volumes that a container will mount: Podman heeds only their names when it mounts them. */
export async function createVolumes(
  engine: Engine,
  { HostConfig: host }: Docker.ContainerCreateOptions,
): Promise<void> {
  for (const { Type: type, Source: name, VolumeOptions: options } of host?.Mounts ?? []) {
    if (type !== 'volume' || options === undefined) continue;
    const { Labels: labels, DriverConfig: driver } = options;
    await engine.createVolume({ Name: name, Labels: labels, Driver: driver.Name, DriverOpts: driver.Options });
  }
}

function inSandbox(
  options: Docker.ContainerCreateOptions,
  sandbox: Docker.ContainerInspectInfo,
): Docker.ContainerCreateOptions {
  const mounts = options.HostConfig?.Mounts ?? [];
  const own = new Set(mounts.map(({ Target }) => Target));
  const shared = sandbox.Mounts.filter(({ Destination: at }) => sharedFiles.includes(at) && !own.has(at));
  const added = shared.map(({ Source, Destination }) => ({ Type: 'bind' as const, Source, Target: Destination }));
  return {
    ...options,
    Hostname: sandbox.Config.Hostname,
    HostConfig: { ...options.HostConfig, Mounts: [...mounts, ...added] },
  };
}
