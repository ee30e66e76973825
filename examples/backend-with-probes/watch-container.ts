import {
  type ActionTarget,
  type Backend,
  type Container,
  collectCommand,
  connectTo,
  InterLinkError,
  type PodReference,
  type ProbeWorkers,
  runHook,
} from '@interlink/sidecar-sdk';

/** What a backend can do that has no addresses for its pods, but ways into them. */
type WaysIn = Required<Pick<Backend, 'exec' | 'portForward'>>;

/** Where a container's probes and hooks go: commands by `exec`, connections by `portForward`. */
export function targetOf(backend: WaysIn, pod: PodReference, container: Container): ActionTarget {
  return {
    pod,
    container,
    host: 'localhost',
    connect: async ({ host, port }, signal) => {
      if (host === undefined) return await backend.portForward(pod, port, signal);
      throw new InterLinkError('permission_denied', `only the pod itself is probed here, and not host ${host}`);
    },
    exec: async (command, signal) => {
      const options = { command, stdin: false, stdout: true, stderr: true, tty: false };
      return await collectCommand(await backend.exec(pod, container.name, options, signal), signal);
    },
  };
}

/** A container has started: its hook runs, then its probes do. @returns why it must be ended, if it must */
export async function containerStarted(
  workers: ProbeWorkers,
  container: Container,
  { target, startedAtMs, ended }: { target: ActionTarget; startedAtMs: number; ended: AbortSignal },
): Promise<string | undefined> {
  const { lifecycle, ...probes } = container;
  if (lifecycle?.postStart !== undefined) {
    const { result, message } = await runHook('postStart', lifecycle.postStart, target, ended);
    if (result === 'failure') return message;
  }
  if (!ended.aborted) workers.watch(`${target.pod.uid}/${container.name}`, { probes, target, startedAtMs });
  return undefined;
}

/** For pods that have an address, `connect` is one line, and goes wherever a pod's author says, as a kubelet's does. */
export const connectByAddress = (podIP: string): Pick<ActionTarget, 'host' | 'connect'> => ({
  host: podIP,
  connect: connectTo(podIP),
});
