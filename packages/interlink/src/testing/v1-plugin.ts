import type { Pod, V1PodStatus } from '@interlink/protocol';
import { type ScriptedSidecar, startScriptedSidecar } from './scripted-sidecar.ts';

export interface V1PluginOptions {
  /** The answer to a create. Default: `{PodUID, PodJID}`. */
  create?: (uid: string) => { status?: number; body: unknown };
  /** The status of a pod that was created. Default: its containers run. */
  statusOf?: (pod: Pod) => V1PodStatus | undefined;
  /** The answer to an empty list of pods. */
  ping?: { status?: number; body: unknown };
  log?: string;
}

export interface V1Plugin extends ScriptedSidecar {
  /** Pods that were created and not deleted, by UID. */
  readonly pods: Map<string, Pod>;
  /** Paths asked for, without those of polls. */
  calls(): string[];
}

/** A v1 plugin by hand: knows `/create`, `/delete`, `/status` and `/getLogs`, and 404 for all else, as Go's plugins do. */
export async function startV1Plugin(options: V1PluginOptions = {}): Promise<V1Plugin> {
  const pods = new Map<string, Pod>();
  const sidecar = await startScriptedSidecar(({ url, body }) => {
    switch (url) {
      case '/create': {
        const sent = JSON.parse(body) as { pod: Pod } | [{ pod: Pod }];
        const { pod } = Array.isArray(sent) ? sent[0] : sent;
        const { uid } = pod.metadata;
        pods.set(uid, pod);
        return options.create?.(uid) ?? { body: { PodUID: uid, PodJID: `job-${uid.slice(-1)}` }, type: 'text/plain' };
      }
      case '/delete':
        pods.delete((JSON.parse(body) as Pod).metadata.uid);
        return { body: 'All containers for submitted Pods have been deleted', type: 'text/plain' };
      case '/status': {
        const asked = JSON.parse(body) as Pod[];
        if (asked.length === 0) return options.ping ?? { body: [] };
        const known = asked.flatMap(({ metadata }) => pods.get(metadata.uid) ?? []);
        return { body: known.flatMap((pod) => (options.statusOf ?? runningStatus)(pod) ?? []) };
      }
      case '/getLogs':
        return { body: options.log ?? 'log\n', type: 'text/plain' };
      default:
        return { status: 404, body: '404 page not found\n', type: 'text/plain' };
    }
  });
  const calls = () =>
    sidecar.seen.map(({ url }) => url).filter((url) => url !== '/status' && url !== '/v2/capabilities');
  return { ...sidecar, pods, calls };
}

/** As Go writes it: nulls and empty strings for what is absent. */
export function runningStatus(pod: Pod): V1PodStatus {
  const { name, uid, namespace } = pod.metadata;
  const containers = pod.spec.containers.map((container) => ({
    ...{ name: container.name, image: '', imageID: '', ready: true, restartCount: 0, lastState: {} },
    state: { running: { startedAt: '2026-01-02T03:04:05Z' } },
  }));
  return { name, UID: uid, namespace, JID: '', containers, initContainers: null } as unknown as V1PodStatus;
}
