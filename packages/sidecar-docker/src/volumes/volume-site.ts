import { relative } from 'node:path';
import {
  type Capabilities,
  type Container,
  InterLinkError,
  type Pod,
  type PodRequest,
  volumeTypeOf,
} from '@interlink/sidecar-sdk';
import type Docker from 'dockerode';
import { type ContainerMount, type MountSite, toMounts } from '../container/mounts.ts';
import { openMounts } from '../container/open-mounts.ts';
import type { Engine } from '../engine/engine.ts';
import { Gate } from '../engine/gate.ts';
import { parseLabels, uidLabel } from '../identity/labels.ts';
import type { SitePolicy } from '../site/site-policy.ts';
import { findConflict, type MountedFolder } from './mount-conflicts.ts';
import { offeredTypes } from './offered-types.ts';
import { refuseVolumes } from './refuse-volumes.ts';
import { SharedFolder } from './shared-folder.ts';
import { writeVolumes } from './write-volumes.ts';

/** The first version of the Engine API whose engines keep a volume's sub-path inside it (Docker 26): https://docs.docker.com/reference/api/engine/version-history/#v145-api-changes */
const safeSubPathsSince = [1, 45] as const;

export interface VolumeSiteOptions {
  readonly engine: Engine;
  /** DataRootFolder. */
  readonly root: string;
  readonly policy: Omit<SitePolicy, 'engine' | 'site'>;
}

/** The volumes of this site's pods: what is refused, what is made, and how containers get them. */
export class VolumeSite {
  readonly #options: VolumeSiteOptions;
  readonly #shared: SharedFolder;
  /** A look at what is mounted, and the container that is created because of it: nobody else's between the two. */
  readonly #turns = new Gate(1);

  constructor(options: VolumeSiteOptions) {
    this.#options = options;
    this.#shared = new SharedFolder(options.engine, options.root);
  }

  /** Why pods can't have files and folders here, or undefined. */
  async trouble(): Promise<string | undefined> {
    return await this.#shared.trouble();
  }

  async offeredTypes(): Promise<Capabilities['volumeTypes']> {
    return offeredTypes(this.#options.policy, (await this.trouble()) === undefined);
  }

  /** @throws InterLinkError `failed_precondition` that names each reason why the pod's volumes can never be mounted here */
  async assertMountable(pod: Pod): Promise<void> {
    const { policy } = this.#options;
    const trouble = needsFolders(pod, policy) ? await this.trouble() : undefined;
    const reasons = [
      ...(trouble === undefined ? [] : [trouble]),
      ...refuseVolumes(pod, { policy, hasSafeSubPaths: await this.#hasSafeSubPaths(pod) }),
    ];
    if (reasons.length === 0) return;
    const message = `Cannot mount the pod's volumes with Docker: ${reasons.join('; ')}`;
    throw new InterLinkError('failed_precondition', message, { reason: 'FailedMount' });
  }

  /** Writes files, makes folders. Repeated it brings files up to date and leaves the rest as it is. */
  async write(request: PodRequest): Promise<void> {
    await writeVolumes(request, await this.#siteFor(request.pod));
  }

  /** The mounts of one container as they would be now. @throws InterLinkError that names the volume */
  async mountsOf(container: Container, pod: Pod): Promise<Docker.MountSettings[]> {
    return (await toMounts(container, pod, await this.#siteFor(pod))).map(({ settings }) => settings);
  }

  /** The same before anything of it is there, of a pod that is not refused. */
  async openMountsOf(container: Container, pod: Pod): Promise<Docker.MountSettings[]> {
    return openMounts(container, pod, await this.#siteFor(pod));
  }

  /**
   * Creates a container with its mounts, as they are at this moment.
   * @throws InterLinkError `failed_precondition` while another container could lead one of them elsewhere
   */
  async withMounts<T>(
    container: Container,
    pod: Pod,
    create: (mounts: Docker.MountSettings[]) => Promise<T>,
  ): Promise<T> {
    const site = await this.#siteFor(pod);
    const run = async (mounts: ReadonlyArray<ContainerMount>) => await create(mounts.map(({ settings }) => settings));
    const mounts = await toMounts(container, pod, site);
    if (!mounts.some(({ isGuarded }) => isGuarded)) return await run(mounts);
    return await this.#turns.run(0, async () => {
      const newest = await toMounts(container, pod, site);
      const settings = newest.map((mount) => mount.settings);
      await this.#assertNoConflict(settings, `container ${container.name}`);
      return await run(newest);
    });
  }

  /** The same with the mounts of an earlier attempt of the container. */
  async withMountsOf<T>(
    container: string,
    mounts: Docker.MountSettings[],
    create: (mounts: Docker.MountSettings[]) => Promise<T>,
  ): Promise<T> {
    if (!mounts.some((mount) => this.#mayBeLedAstray(mount))) return await create(mounts);
    return await this.#turns.run(0, async () => {
      await this.#assertNoConflict(mounts, `container ${container}`);
      return await create(mounts);
    });
  }

  /** False for the whole of a volume of ours: nobody has anything above it. */
  #mayBeLedAstray({ Type: type, Source: source }: Docker.MountSettings): boolean {
    const below = relative(this.#options.root, source).split('/');
    return type === 'bind' && (below[0] === '..' || below.length > 3) && below[1] !== 'containers';
  }

  async #assertNoConflict(mounts: ReadonlyArray<Docker.MountSettings>, by: string): Promise<void> {
    const wanted = mounts.flatMap(({ Type: type, Source: source, ReadOnly: isReadOnly = false }) =>
      type === 'bind' ? [{ by, source, isReadOnly }] : [],
    );
    const present = (await this.#options.engine.listContainers(uidLabel)).flatMap(toMountedFolders);
    const conflict = findConflict(wanted, present);
    if (conflict === undefined) return;
    throw new InterLinkError(
      'failed_precondition',
      `${conflict}: links planted there could lead out of it. Docker Engine 26 and newer keep them in`,
    );
  }

  async #siteFor(pod: Pod): Promise<MountSite> {
    const { root, policy } = this.#options;
    const { hostPaths, claims } = policy;
    return { root, hostPaths, claims, hasSafeSubPaths: await this.#hasSafeSubPaths(pod) };
  }

  /** The engine is asked only for pods that it matters to. It may have been replaced since the last one. */
  async #hasSafeSubPaths({ spec }: Pod): Promise<boolean> {
    const containers = [...(spec.initContainers ?? []), ...spec.containers];
    const matters =
      containers.some(({ volumeMounts = [] }) => volumeMounts.some(({ subPath = '' }) => subPath !== '')) ||
      (spec.volumes ?? []).some(({ hostPath }) => hostPath !== undefined);
    if (!matters) return true;
    const { product, apiVersion } = await this.#options.engine.version();
    // Podman takes no notice of one, whatever version it speaks.
    if (product !== 'docker') return false;
    const [major = 0, minor = 0] = apiVersion.split('.').map(Number);
    return major > safeSubPathsSince[0] || (major === safeSubPathsSince[0] && minor >= safeSubPathsSince[1]);
  }
}

/** False for pods whose volumes are all of types that the engine has without this machine's folders. */
function needsFolders({ spec }: Pod, policy: Omit<SitePolicy, 'engine' | 'site'>): boolean {
  const without: ReadonlyArray<string> = offeredTypes(policy, false);
  return (spec.volumes ?? []).some((volume) => !without.includes(volumeTypeOf(volume)));
}

function toMountedFolders({ Labels: labels, Mounts: mounts, State: state }: Docker.ContainerInfo): MountedFolder[] {
  const found = parseLabels(labels);
  // What has ended is never started again: a restart is another container.
  if (found === undefined || state === 'exited') return [];
  const by = `container ${found.container.container} of pod ${found.pod.namespace}/${found.pod.name}`;
  return mounts
    .filter(({ Type: type }) => type === 'bind')
    .map(({ Source: source, RW: isWritable }) => ({ by, source, isReadOnly: !isWritable }));
}
