import type { Engine } from './engine.ts';

/** What engines differ in, as far as pods notice. */
export interface EngineFeatures {
  /** Of its host: the most that all containers together have. */
  readonly memoryBytes: number;
  readonly apparmor: boolean;
  readonly selinux: boolean;
  readonly seccomp: boolean;
  /** By `dockerd --seccomp-profile unconfined`, of Docker 23 and newer: its containers have no profile unless one is asked for. */
  readonly isUnconfined: boolean;
  /** It runs as an ordinary account: what that may not do, no container may. */
  readonly rootless: boolean;
  /** By its Docker-compatible socket. */
  readonly isPodman: boolean;
  /** Names of its OCI runtimes. */
  readonly runtimes: ReadonlyArray<string>;
  /** One of them gives containers GPUs by what is in their environment. */
  readonly hasNvidiaRuntime: boolean;
}

/** An engine's features hardly change: asked again after so long, and after a failure. */
const freshMs = 60_000;

/** Keeps what the engine has said of itself, since every pod is judged by it. */
export class FeatureReader {
  readonly #engine: Pick<Engine, 'info'>;
  #known: { readonly features: Promise<EngineFeatures>; readonly atMs: number } | undefined;

  constructor(engine: Pick<Engine, 'info'>) {
    this.#engine = engine;
  }

  async read(now: number = performance.now()): Promise<EngineFeatures> {
    if (this.#known !== undefined && now - this.#known.atMs < freshMs) return await this.#known.features;
    const known = { features: this.#engine.info().then(toEngineFeatures), atMs: now };
    this.#known = known;
    known.features.catch(() => {
      if (this.#known === known) this.#known = undefined;
    });
    return await known.features;
  }
}

/** @param securityOptions as `docker info` has them: `name=seccomp,profile=default` */
export function toEngineFeatures({
  memoryBytes,
  securityOptions,
  product,
  runtimes,
  hasNvidiaRuntime,
}: Awaited<ReturnType<Engine['info']>>): EngineFeatures {
  const names = new Set(securityOptions.map((option) => /^name=([^,]+)/.exec(option)?.[1] ?? option));
  return {
    memoryBytes,
    apparmor: names.has('apparmor'),
    selinux: names.has('selinux'),
    seccomp: names.has('seccomp'),
    isUnconfined: securityOptions.includes('name=seccomp,profile=unconfined'),
    rootless: names.has('rootless'),
    isPodman: product === 'Podman Engine',
    runtimes,
    hasNvidiaRuntime,
  };
}
