import type { Duplex } from 'node:stream';
import { connectPort, InterLinkError, type PodReference } from '@interlink/sidecar-sdk';
import type { Engine } from './engine/engine.ts';
import type { FeatureReader } from './engine/engine-features.ts';
import type { PodReader } from './status/pod-reader.ts';
import { assertReachable } from './streams/assert-reachable.ts';
import { loopbackOf, noAddress } from './streams/host-network.ts';
import { findLocalProcess } from './streams/local-process.ts';
import { connectInside } from './streams/relay.ts';

export interface PortForwardContext {
  readonly engine: Engine;
  readonly reader: PodReader;
  readonly features: Pick<FeatureReader, 'read'>;
}

export interface PortForwardRequest {
  readonly pod: PodReference;
  readonly port: number;
  readonly signal: AbortSignal;
}

/**
 * A connection to a port of the pod's network: by the pod's address, and, for servers that listen on its localhost only, from
 * inside its network namespace, where this process may enter it.
 * @throws InterLinkError `unavailable` when neither gets through
 */
export async function forwardPort(request: PortForwardRequest, context: PortForwardContext): Promise<Duplex> {
  const { pod, port, signal } = request;
  const sandbox = (await context.reader.readPod(pod.uid))?.sandbox;
  if (sandbox?.status !== 'running') {
    throw new InterLinkError('failed_precondition', `pod "${pod.name}" has no network: its sandbox is not running`);
  }
  const host = sandbox.ip ?? (await loopbackOf(context.engine, sandbox.id));
  if (host === undefined) throw new InterLinkError('unavailable', `pod "${pod.name}" has no address: ${noAddress}`);
  try {
    assertReachable(await context.features.read());
    return await connectPort({ host, port, signal });
  } catch (error) {
    const direct = InterLinkError.from(error);
    if (signal.aborted) throw direct;
    const inside = await findSandboxProcess(context.engine, sandbox.id);
    if (inside === undefined) throw new InterLinkError('unavailable', `${direct.message}. ${whyNotInside}`);
    try {
      return await connectInside(inside, port, signal);
    } catch (second) {
      const { message } = InterLinkError.from(second);
      throw new InterLinkError('unavailable', `${direct.message}; ${message}`);
    }
  }
}

const whyNotInside =
  'A server that listens on the pod’s localhost only is reached when the sidecar runs as root on the engine’s machine';

/** Undefined when this process can't enter its network: the engine is elsewhere, or we are not root. */
async function findSandboxProcess(engine: Engine, sandboxId: string): Promise<number | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const { State: state } = await engine.inspectContainer(sandboxId);
  return (await findLocalProcess(state.Pid, sandboxId))?.pid;
}
