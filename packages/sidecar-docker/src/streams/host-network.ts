import { readlink } from 'node:fs/promises';
import type { Engine } from '../engine/engine.ts';
import { findLocalProcess } from './local-process.ts';

/** Why a pod that runs can't be reached. */
export const noAddress =
  'the engine names none, and a pod in the network of its machine is reached when the sidecar runs as root there';

/**
 * Where a pod is reached that has no address of its own since it is in its machine's network (`hostNetwork`): on loopback, if that is the
 * loopback of this process, too. Undefined where it is another's, or where that can't be seen: only root may look at others' namespaces.
 */
export async function loopbackOf(
  engine: Pick<Engine, 'inspectContainer'>,
  sandboxId: string,
): Promise<string | undefined> {
  const { HostConfig: host, State: state } = await engine.inspectContainer(sandboxId);
  if (host.NetworkMode !== 'host') return undefined;
  const pid = (await findLocalProcess(state.Pid, sandboxId))?.pid;
  return pid !== undefined && (await sharesOurNetwork(pid)) ? '127.0.0.1' : undefined;
}

async function sharesOurNetwork(pid: number): Promise<boolean> {
  const networkOf = async (process: string) => await readlink(`/proc/${process}/ns/net`).catch(() => undefined);
  const [ours, theirs] = await Promise.all([networkOf('self'), networkOf(String(pid))]);
  return ours !== undefined && ours === theirs;
}
