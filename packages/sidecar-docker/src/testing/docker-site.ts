import { randomUUID } from 'node:crypto';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { News, Owner, PodEvent, PodReference, PodReport, PodRequest, PodSpec } from '@interlink/sidecar-sdk';
import Docker from 'dockerode';
import { afterAll, beforeAll, expect, inject, onTestFinished } from 'vitest';
import { useEngine } from '../../../../test/testbed/docker/engine-turn.ts';
import { createDockerBackend } from '../sidecar.ts';
import { untilNothingIsLeft } from './nothing-left.ts';
import { silent } from './running-pod.ts';

type Config = Parameters<typeof createDockerBackend>[0];
export type DockerBackend = Awaited<ReturnType<typeof createDockerBackend>>;

/** A backend of its own for the tests of one file, on the testbed's engine. Whatever a test creates through it is gone after that test. */
export class DockerSite {
  readonly owner: Owner = { cluster: 'tests', node: `n-${randomUUID()}` };
  readonly engine: Docker;
  root = '';
  /** As the engine says it: `1.41`. */
  apiVersion = '';
  readonly #config: (root: string) => Partial<Config>;
  readonly #events: { uid: string; event: PodEvent }[] = [];
  readonly #reports = new Map<string, PodReport>();
  #over = new AbortController();
  #backend: DockerBackend | undefined;

  constructor(config: (root: string) => Partial<Config>) {
    this.#config = config;
    this.engine = new Docker({ socketPath: inject('testbed').docker?.socket ?? '' });
  }

  get backend(): DockerBackend {
    if (this.#backend === undefined) throw new Error('The site has not been started');
    return this.#backend;
  }

  /** Docker 26 and newer: see `volumes/volume-site.ts`. */
  get hasSafeSubPaths(): boolean {
    return Number(this.apiVersion.split('.')[1]) >= 45;
  }

  async start(): Promise<void> {
    this.root = await realpath(await mkdtemp(join(tmpdir(), 'interlink-docker-')));
    this.apiVersion = (await this.engine.version()).ApiVersion;
    await this.restart();
  }

  /** Another backend takes over, which has seen nothing yet. @param host where it finds the engine; default: the testbed's own address */
  async restart(host?: string): Promise<void> {
    this.#over.abort();
    this.#over = new AbortController();
    this.#backend = await this.newBackend(host);
    const news: News = {
      report: ({ report }) => void this.#reports.set(report.uid, report),
      gone: () => undefined,
      event: (uid, event) => void this.#events.push({ uid, event }),
      relist: () => undefined,
    };
    void this.#backend.watch(news, this.#over.signal);
  }

  /** One that is not told of anything. */
  async newBackend(host = inject('testbed').docker?.host): Promise<DockerBackend> {
    const config = { DataRootFolder: this.root, ExportPodData: true, ...this.#config(this.root) } as Config;
    return await createDockerBackend(config, silent, { DOCKER_HOST: host });
  }

  async stop(): Promise<void> {
    await untilNothingIsLeft({ root: this.root, of: { owner: this.owner } });
    this.#over.abort();
    await rm(this.root, { recursive: true, force: true });
  }

  /** Creates a pod, which goes after the test, and with it all that there is of it. @param more of its metadata */
  async create(
    spec: PodSpec,
    volumes: PodRequest['volumes'] = [],
    more: Partial<PodRequest['pod']['metadata']> = {},
  ): Promise<PodReference> {
    const metadata = { name: 'pod', namespace: 'tests', uid: randomUUID(), ...more };
    const { uid, namespace, name } = metadata;
    const pod = { owner: this.owner, uid, namespace, name };
    onTestFinished(async () => await this.remove(pod));
    await this.backend.create({ pod: { metadata, spec: { restartPolicy: 'Never', ...spec } }, volumes }, this.owner);
    return pod;
  }

  /** Deletes a pod and waits until nothing of it is left. */
  async remove(pod: PodReference): Promise<void> {
    await this.backend.delete(pod, 0);
    await untilNothingIsLeft({ root: this.root, of: { uid: pod.uid } });
  }

  /** Waits for a report that is so. */
  async until(pod: PodReference, isSo: (report: PodReport) => boolean): Promise<PodReport> {
    const find = () => this.#reports.get(pod.uid);
    const seen = () => JSON.stringify({ status: find()?.status, events: this.eventsOf(pod) });
    await expect
      .poll(() => (find() !== undefined && isSo(find() as PodReport) ? 'so' : seen()), {
        timeout: 45_000,
        interval: 50,
      })
      .toBe('so');
    return find() as PodReport;
  }

  /** The output of a pod's container `main`, or another one, once all have ended. */
  async outputOf(pod: PodReference, container = 'main'): Promise<string> {
    await this.until(pod, hasEnded);
    return await this.logOf(pod, container);
  }

  /** What a pod's container `main`, or another one, has written until now. */
  async logOf(pod: PodReference, container = 'main'): Promise<string> {
    const log = await this.backend.logs(pod, container, {}, new AbortController().signal);
    return await text(log as AsyncIterable<Buffer>);
  }

  eventsOf({ uid }: PodReference): string[] {
    return this.#events.filter((one) => one.uid === uid).map(({ event }) => `${event.reason}: ${event.message}`);
  }
}

/** A site for the tests of the `describe` that this is called in; after the last of them it looks whether anything is left. */
export function useDockerSite(config: (root: string) => Partial<Config> = () => ({})): DockerSite {
  useEngine(inject('testbed').docker?.socket);
  const site = new DockerSite(config);
  beforeAll(async () => await site.start());
  afterAll(async () => await site.stop());
  return site;
}

export function hasEnded({ status }: PodReport): boolean {
  return status.containerStatuses.every(({ state }) => state.terminated !== undefined);
}

/** A container of busybox that runs a script. */
export function shell(script: string, more: object = {}): PodSpec['containers'][number] {
  return {
    name: 'main',
    image: 'busybox:latest',
    imagePullPolicy: 'IfNotPresent',
    command: ['sh', '-c', script],
    ...more,
  };
}

export const base64 = (content: string): string => Buffer.from(content).toString('base64');
