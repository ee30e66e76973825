import type Docker from 'dockerode';

/** What the engine says of itself and its host. */
export interface EngineInfo {
  /** Docker keeps its own with its data; other products make up a new one whenever they are asked. Empty: it has none. */
  readonly id: string;
  readonly host: string;
  readonly cpus: number;
  readonly memoryBytes: number;
  readonly version: string;
  readonly architecture: string;
  readonly securityOptions: ReadonlyArray<string>;
  readonly runtimes: ReadonlyArray<string>;
  /** One of them gives containers GPUs by what is in their environment. */
  readonly hasNvidiaRuntime: boolean;
  /** `docker`, or what else speaks its API. */
  readonly product: string;
  /** What its host's kernel does not let it limit. */
  readonly missingLimits: ReadonlyArray<string>;
  /** It has control groups to measure containers by. */
  readonly isMeasured: boolean;
  /** It can change a container that is there: Podman can since 5.1. */
  readonly canUpdate: boolean;
}

/** Reads what `/info` and `/version` say; whether it can change a container only a try tells. */
export function toEngineInfo(info: DockerInfo, version: Docker.DockerVersion): Omit<EngineInfo, 'canUpdate'> {
  const { Rootless: isRootless = false, CgroupVersion: cgroups } = info as PodmanInfo;
  // It says itself that it limits all of them, and when a container starts that it limits none.
  const limitsNothing = isRootless && cgroups === '1';
  return {
    id: info.ID ?? '',
    host: info.Name,
    cpus: info.NCPU,
    memoryBytes: info.MemTotal,
    version: version.Version,
    architecture: version.Arch,
    securityOptions: [...(info.SecurityOptions ?? []), ...(isRootless ? ['name=rootless'] : [])],
    runtimes: Object.keys(info.Runtimes ?? {}),
    // By its program, too: the name is the administrator's.
    hasNvidiaRuntime: JSON.stringify(info.Runtimes ?? {}).includes('nvidia'),
    product: productOf(version.Components),
    missingLimits: [
      ...(info.MemoryLimit === false || limitsNothing ? ['memory'] : []),
      ...(info.CpuCfsQuota === false || limitsNothing ? ['CPUs'] : []),
      ...(info.PidsLimit === false || limitsNothing ? ['processes'] : []),
    ],
    isMeasured: !limitsNothing,
  };
}

type DockerInfo = Awaited<ReturnType<Docker['info']>>;

/** What Podman says in words of its own: a rootless Docker Engine has it among its security options. */
interface PodmanInfo {
  readonly Rootless?: boolean;
  readonly CgroupVersion?: string;
}

/** A Docker Engine calls its own component `Engine`, Podman's socket `Podman Engine`. */
export function productOf(components: ReadonlyArray<{ readonly Name: string }> | undefined): string {
  const name = components?.[0]?.Name ?? 'Engine';
  return name === 'Engine' ? 'docker' : name;
}
