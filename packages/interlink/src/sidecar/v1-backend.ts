import type { Capabilities, LogOptions, Owner, Pod, PodReport, PodRequest } from '@interlink/protocol';
import type { Backend, OwnedReport, PodReference } from '@interlink/sidecar-sdk';
import type { V1Client } from './v1-client.ts';
import { V1Ping } from './v1-ping.ts';
import { type V1Answers, V1Statuses } from './v1-statuses.ts';

/** A pod missing from this many good answers in a row is gone. */
const absencesUntilGone = 3;

interface KnownPod {
  readonly owner: Owner;
  readonly pod: Pod;
  report: PodReport;
  absences: number;
}

/**
 * A v1 plugin as a backend of the sidecar SDK, which turns its polled answers into the v2 stream. v1 can't list: what this
 * process has not been told of since it started, it does not know; a create asks `/status` first and takes over a pod that is
 * already there.
 */
export class V1Backend implements Backend {
  readonly #client: V1Client;
  readonly #statuses: V1Statuses;
  readonly #ping: V1Ping;
  readonly #known = new Map<string, KnownPod>();

  constructor(client: V1Client) {
    this.#client = client;
    this.#statuses = new V1Statuses(client);
    this.#ping = new V1Ping(client);
  }

  /** @throws InterLinkError while the peer can't be reached */
  async capabilities(): Promise<Capabilities> {
    const { pool, trouble } = await this.#ping.read();
    return {
      protocolVersions: ['v1'],
      backend: { kind: 'interlink-v1', version: '1' },
      verbs: ['create', 'delete', 'log'],
      volumeTypes: ['configMap', 'secret', 'projected', 'downwardAPI', 'emptyDir'],
      queues: true,
      pools: pool === undefined ? [] : [pool],
      warnings: [
        'a v1 plugin can’t list its pods: what InterLink was not told of since it started is unknown',
        ...(trouble === undefined ? [] : [`the plugin’s answer to a ping is a failure: ${trouble}`]),
      ],
    };
  }

  async list(): Promise<OwnedReport[]> {
    const asked = [...this.#known.values()];
    if (asked.length > 0) this.#take(asked, await this.#statuses.ask(asked.map(({ pod }) => pod)));
    else await this.#ping.read();
    return [...this.#known.values()].map(({ owner, report }) => ({ owner, report }));
  }

  async create(request: PodRequest, owner: Owner): Promise<PodReport> {
    const { pod } = request;
    const present = await this.adopt(request, owner);
    if (present !== undefined) return present;
    const report = firstReport(pod, await this.#client.create(request));
    this.#known.set(pod.metadata.uid, { owner, pod, report, absences: 0 });
    return report;
  }

  async adopt({ pod }: PodRequest, owner: Owner): Promise<PodReport | undefined> {
    const { uid } = pod.metadata;
    const reports = await this.#client.status([pod]);
    const report = reports.find((candidate) => candidate.uid === uid && candidate.status.containerStatuses.length > 0);
    if (report !== undefined) this.#known.set(uid, { owner, pod, report, absences: 0 });
    return report;
  }

  async delete({ uid }: PodReference): Promise<void> {
    const known = this.#known.get(uid);
    if (known === undefined) return;
    await this.#client.delete(known.pod);
    this.#known.delete(uid);
  }

  async logs(
    pod: PodReference,
    container: string,
    options: LogOptions,
    signal: AbortSignal,
  ): Promise<AsyncIterable<Uint8Array>> {
    return await this.#client.logs(pod, container, options, signal);
  }

  #take(asked: ReadonlyArray<KnownPod>, { reports, unanswered }: V1Answers): void {
    for (const known of asked) {
      const { uid } = known.pod.metadata;
      const report = reports.get(uid);
      if (report !== undefined) {
        known.report = withJobID(report, known.report.status.jobID);
        known.absences = 0;
      } else if (!unanswered.has(uid)) {
        known.absences += 1;
        if (known.absences >= absencesUntilGone && this.#known.get(uid) === known) this.#known.delete(uid);
      }
    }
  }
}

/** Some plugins tell the job id only when they create the job. */
function withJobID(report: PodReport, jobID: string | undefined): PodReport {
  if (report.status.jobID !== undefined || jobID === undefined) return report;
  return { ...report, status: { ...report.status, jobID } };
}

function firstReport(pod: Pod, jobID: string): PodReport {
  const { uid, namespace, name } = pod.metadata;
  const waiting = (container: { name: string; image?: string }) => ({
    name: container.name,
    state: { waiting: { reason: 'ContainerCreating' } },
    ready: false,
    restartCount: 0,
    image: container.image ?? '',
    imageID: '',
  });
  const init = pod.spec.initContainers ?? [];
  return {
    uid,
    namespace,
    name,
    status: {
      jobID,
      containerStatuses: pod.spec.containers.map(waiting),
      ...(init.length === 0 ? {} : { initContainerStatuses: init.map(waiting) }),
    },
  };
}
