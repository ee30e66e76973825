import type { KubeClient, Pod } from '@interlink/kube';
import type { ContainerStatus, PodReport } from '@interlink/protocol';
import { notRunAnnotation } from '../admission/daemon-set-pod.ts';
import { isTerminal } from '../status/terminal-phase.ts';
import type { PodEntry } from './pod-entry.ts';
import { removePod } from './remove-pod.ts';
import type { StatusWriter } from './status-writer.ts';

export interface ReportedPodsOptions {
  readonly client: Pick<KubeClient, 'delete'>;
  readonly status: StatusWriter;
}

/** Pods that are shown as running and never run: the annotation on them says so, to this process and to the next. */
export class ReportedPods {
  readonly #options: ReportedPodsOptions;

  constructor(options: ReportedPodsOptions) {
    this.#options = options;
  }

  async show(entry: PodEntry, signal: AbortSignal): Promise<void> {
    if (entry.pod === undefined || isTerminal(entry.pod.status?.phase)) return;
    const annotations = { [notRunAnnotation]: 'true' };
    const report = madeUpReport(entry.pod, running);
    await this.#options.status.write(entry, report, { isFinal: false, annotations, signal });
  }

  /** There is nothing to wait for: it ends at once, and well. */
  async finish(entry: PodEntry, signal: AbortSignal): Promise<void> {
    const pod = entry.pod;
    if (pod === undefined || entry.isRemoved) return;
    await this.#options.status.write(entry, madeUpReport(pod, ended), { isFinal: true, signal });
    if (await removePod(this.#options.client, pod, signal)) entry.isRemoved = true;
  }
}

/** What a container that did run would be at. */
type Play = (startedAt: string) => Pick<ContainerStatus, 'state' | 'ready' | 'started'>;

const running: Play = (startedAt) => ({ state: { running: { startedAt } }, ready: true, started: true });
const ended: Play = (startedAt) => ({
  state: { terminated: { exitCode: 0, reason: 'Completed', startedAt, finishedAt: startedAt } },
  ready: false,
  started: false,
});

function madeUpReport({ metadata, spec, status }: Pod, play: Play): PodReport {
  const startedAt = status?.startTime ?? new Date(Date.now()).toISOString();
  const made = (container: { name: string; image?: string }, as: Play): ContainerStatus => {
    const { name, image = '' } = container;
    return { name, image, imageID: '', restartCount: 0, ...as(startedAt) };
  };
  const { uid = '', namespace = '', name = '' } = metadata ?? {};
  const initContainerStatuses = (spec?.initContainers ?? []).map((container) =>
    made(container, container.restartPolicy === 'Always' ? play : ended),
  );
  const containerStatuses = (spec?.containers ?? []).map((container) => made(container, play));
  return { uid, namespace, name, status: { startTime: startedAt, initContainerStatuses, containerStatuses } };
}
