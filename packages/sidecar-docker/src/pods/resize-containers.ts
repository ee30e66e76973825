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
import { isUnimplemented } from '../engine/engine-error.ts';
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
  const { cpus, memoryBytes } = await engine.info();
  const refusals: string[] = [];
  const failures: Array<{ spec: Container; id: string; message: string }> = [];
  for (const spec of resizable(pod, snapshot)) {
    const container = findContainer(snapshot, spec.name);
    if (container === undefined) {
      work.resources.set(spec.name, spec.resources);
      continue;
    }
    const { id } = container;
    const refusal = refuse(spec, { cpus, memoryBytes });
    const outcome: Outcome = refusal === undefined ? await tryToResize(spec, id, context) : { refusal };
    if (outcome.refusal !== undefined) refusals.push(outcome.refusal);
    if (outcome.failure !== undefined) failures.push({ spec, id, message: outcome.failure });
  }
  if (refusals.length > 0) resize.show(infeasible(refusals));
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

function infeasible(refusals: ReadonlyArray<string>): PodWork['resize'] {
  return { state: 'Infeasible', message: refusals.join('; ') };
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

async function hasResources(spec: Container, id: string, engine: ResizeContext['engine']): Promise<boolean> {
  const { HostConfig: current } = await engine.inspectContainer(id);
  return Object.entries(toEngineResources(spec)).every(
    ([key, value]) => current[key as keyof typeof current] === value,
  );
}

/** A refusal is for good; a failure may be over the next time. */
interface Outcome {
  readonly refusal?: string;
  readonly failure?: string;
}

/** An engine that can't change a container refuses, unless the container has its resources already. */
async function tryToResize(spec: Container, id: string, { engine }: ResizeContext): Promise<Outcome> {
  try {
    if (!(await hasResources(spec, id, engine))) await unlessGone(engine.resizeContainer(id, toEngineResources(spec)));
    return {};
  } catch (error) {
    if (isUnimplemented(error))
      return { refusal: `container ${spec.name}: the engine can't change a running container` };
    return { failure: `container ${spec.name}: ${InterLinkError.from(error).message}` };
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
    const outcomes = await Promise.all(failed.map(async ({ spec, id }) => await tryToResize(spec, id, context)));
    if (outcomes.some(({ failure }) => failure !== undefined)) continue;
    const refusals = outcomes.flatMap(({ refusal }) => refusal ?? []);
    resize.show(refusals.length === 0 ? undefined : infeasible(refusals));
    context.changed();
    return;
  }
}
