import {
  backOffMs,
  type Container,
  InterLinkError,
  initContainerKind,
  type Pod,
  parseQuantity,
  sleep,
} from '@interlink/sidecar-sdk';
import { toEngineResources } from '../container/resources.ts';
import type { Engine } from '../engine/engine.ts';
import { findContainer, type PodSnapshot } from '../status/pod-snapshot.ts';
import type { PodWork } from './pod-work.ts';
import { unlessGone } from './unless-gone.ts';

export interface ResizeContext {
  readonly engine: Pick<Engine, 'info' | 'inspectContainer' | 'resizeContainer'>;
  readonly work: PodWork;
  /** As it is wanted now. */
  readonly pod: Pod;
  readonly changed: () => void;
}

/** Gives containers the resources of the newest spec. Why they don't have them yet, or never will, is noted for the report. */
export async function resizeContainers(snapshot: PodSnapshot, context: ResizeContext): Promise<void> {
  const { work, pod, engine } = context;
  const resize = work.beginResize();
  const { cpus, memoryBytes, canUpdate } = await engine.info();
  const refusals: string[] = [];
  const failures: Array<{ spec: Container; id: string; message: string }> = [];
  for (const spec of resizable(pod, snapshot)) {
    const container = findContainer(snapshot, spec.name);
    if (container === undefined) {
      work.resources.set(spec.name, spec.resources);
      continue;
    }
    const refusal =
      refuse(spec, { cpus, memoryBytes }) ?? (canUpdate ? undefined : await refuseChange(spec, container.id, engine));
    const message = refusal ?? (await tryToResize(spec, container.id, context));
    if (refusal !== undefined) refusals.push(refusal);
    else if (message !== undefined) failures.push({ spec, id: container.id, message });
  }
  if (refusals.length > 0) resize.show({ state: 'Infeasible', message: refusals.join('; ') });
  else if (failures.length > 0) {
    resize.show({ state: 'Deferred', message: failures.map(({ message }) => message).join('; ') });
    void keepTrying(failures, resize, context);
  }
}

/** Containers and native sidecars: Kubernetes lets nobody change the resources of other init containers. */
function resizable({ spec }: Pod, { pod: created }: PodSnapshot): Container[] {
  const sidecars = new Set((created.spec.initContainers ?? []).filter(isSidecar).map(({ name }) => name));
  return [...(spec.initContainers ?? []).filter(({ name }) => sidecars.has(name)), ...spec.containers];
}

function isSidecar(container: Container): boolean {
  return initContainerKind(container) === 'sidecar';
}

/** What the machine does not have, it does not have later either. */
function refuse({ name, resources }: Container, host: { cpus: number; memoryBytes: number }): string | undefined {
  const cpu = parseQuantity(resources?.requests?.cpu ?? resources?.limits?.cpu ?? '0') ?? 0;
  const memory = parseQuantity(resources?.requests?.memory ?? resources?.limits?.memory ?? '0') ?? 0;
  if (cpu > host.cpus) return `container ${name} asks for ${cpu} CPUs, the machine has ${host.cpus}`;
  if (memory > host.memoryBytes)
    return `container ${name} asks for ${memory} bytes of memory, the machine has ${host.memoryBytes}`;
  return undefined;
}

/** For an engine that can't change a container: it has its resources already, or never gets them. */
async function refuseChange(spec: Container, id: string, engine: ResizeContext['engine']): Promise<string | undefined> {
  if (await hasResources(spec, id, engine)) return undefined;
  return `container ${spec.name}: the engine can't change a running container`;
}

async function hasResources(spec: Container, id: string, engine: ResizeContext['engine']): Promise<boolean> {
  const { HostConfig: current } = await engine.inspectContainer(id);
  return Object.entries(toEngineResources(spec)).every(
    ([key, value]) => current[key as keyof typeof current] === value,
  );
}

/** @returns why not, or undefined when the container has its resources */
async function tryToResize(spec: Container, id: string, { engine }: ResizeContext): Promise<string | undefined> {
  try {
    if (await hasResources(spec, id, engine)) return undefined;
    await unlessGone(engine.resizeContainer(id, toEngineResources(spec)));
    return undefined;
  } catch (error) {
    return `container ${spec.name}: ${InterLinkError.from(error).message}`;
  }
}

async function keepTrying(
  failed: ReadonlyArray<{ spec: Container; id: string }>,
  resize: ReturnType<PodWork['beginResize']>,
  context: ResizeContext,
): Promise<void> {
  for (let failures = 1; !resize.signal.aborted; failures += 1) {
    await sleep(backOffMs(failures), resize.signal);
    if (resize.signal.aborted) return;
    const messages = await Promise.all(failed.map(async ({ spec, id }) => await tryToResize(spec, id, context)));
    if (messages.every((message) => message === undefined)) {
      resize.show(undefined);
      context.changed();
      return;
    }
  }
}
