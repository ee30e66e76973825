import type { Duplex, Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import { type Capabilities, parseCapabilities } from '../capabilities.ts';
import { InterLinkError } from '../errors/interlink-error.ts';
import type { DeliveredKubeconfig } from '../kubeconfig.ts';
import { type LogOptions, renderLogQuery } from '../log/log-options.ts';
import { type Owner, ownerPath } from '../owner.ts';
import { type PodReport, parsePodReportList } from '../pod/pod-report.ts';
import type { PodRequest } from '../pod/pod-request.ts';
import type { PodUpdate } from '../pod/pod-update.ts';
import { parseRendering, type Rendering } from '../pod/rendering.ts';
import type { ResolvedVolume } from '../pod/volume-files.ts';
import type { VolumesUpdate } from '../pod/volumes-update.ts';
import { type NodeStats, parseNodeStats } from '../stats/node-stats.ts';
import { ndjsonContentType, parseNdjson } from '../stream/ndjson.ts';
import { parseStreamRecord, type StreamRecord } from '../stream/stream-record.ts';
import { connectCommand } from '../streaming/command-client.ts';
import { renderAttachQuery, renderExecQuery } from '../streaming/command-query.ts';
import { PortConnection } from '../streaming/port-connection.ts';
import type { AttachOptions, ExecOptions, RemoteCommand } from '../streaming/remote-command.ts';
import type { HttpTarget } from './http-target.ts';
import { onlookerHeader } from './onlooker.ts';
import { listBody, readJson, smallBody } from './read-body.ts';

export interface WatchOptions {
  /** Goes on after this record instead of a snapshot, where that can be done. */
  readonly cursor?: string | undefined;
  readonly signal: AbortSignal;
  /** True for whoever is not the virtual kubelet of the node, and only looks. Default: false. */
  readonly isOnlooker?: boolean;
}

/**
 * The typed client of protocol v2 for one owner's pods, the same towards InterLink and towards a sidecar.
 * Every answer is checked before it is believed. Errors are InterLinkError.
 */
export class PodClient {
  readonly owner: Owner;
  readonly #target: HttpTarget;
  readonly #prefix: string;

  constructor(target: HttpTarget, owner: Owner) {
    this.owner = owner;
    this.#target = target;
    this.#prefix = ownerPath(owner);
  }

  async capabilities(signal?: AbortSignal): Promise<Capabilities> {
    const response = await this.#target.call({
      method: 'GET',
      path: `${this.#prefix}/capabilities`,
      ...optional({ signal }),
    });
    return parseCapabilities(await readJson(response.body, smallBody));
  }

  /** Creates the pod; the same UID sent again changes nothing. Resolves once the backend has it (201) or has accepted it (202). */
  async createPod(request: PodRequest, signal?: AbortSignal): Promise<void> {
    await this.#put(request, '', signal);
  }

  /** Takes over a pod that the backend runs already, and never starts one. @returns false when the backend has no such pod */
  async adoptPod(request: PodRequest, signal?: AbortSignal): Promise<boolean> {
    try {
      await this.#put(request, '?adopt=true', signal);
      return true;
    } catch (error) {
      if (error instanceof InterLinkError && error.code === 'not_found') return false;
      throw error;
    }
  }

  /**
   * Tells of a changed spec. Resolves once the backend acts on this generation, or on a newer one.
   * @throws InterLinkError `not_found` when it has no such pod, `unimplemented` when it can't change pods
   */
  async updatePod(update: PodUpdate, signal?: AbortSignal): Promise<void> {
    await this.#send('PATCH', this.#podPath(update.pod.metadata.uid), update, signal);
  }

  /** Resolves once the backend has accepted the deletion; a UID that it does not know is a success. */
  async deletePod(uid: string, gracePeriodSeconds: number, signal?: AbortSignal): Promise<void> {
    const response = await this.#target.call({
      method: 'DELETE',
      path: `${this.#podPath(uid)}?gracePeriodSeconds=${gracePeriodSeconds}`,
      ...optional({ signal }),
    });
    await response.body.dump(dumpLimit());
  }

  /**
   * Gives volumes of a pod new files; each volume is sent whole. Resolves once containers see them; the same update sent again
   * changes nothing. @throws InterLinkError `not_found`, `invalid_argument` for a volume that the pod lacks, `unimplemented`
   */
  async updateVolumes(uid: string, volumes: ReadonlyArray<ResolvedVolume>, signal?: AbortSignal): Promise<void> {
    const update: VolumesUpdate = { volumes: [...volumes] };
    const response = await this.#target.call({
      method: 'PATCH',
      path: `${this.#podPath(uid)}/volumes`,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(update),
      ...optional({ signal }),
    });
    await response.body.dump(dumpLimit());
  }

  /** Every pod of this owner on the backend. */
  async listPods(signal?: AbortSignal): Promise<PodReport[]> {
    const response = await this.#target.call({ method: 'GET', path: `${this.#prefix}/pods`, ...optional({ signal }) });
    return parsePodReportList(await readJson(response.body, listBody)).items;
  }

  /** Records as they happen, until the peer ends the stream (returns), the connection breaks (throws) or the signal aborts (throws). */
  async *watchPods(options: WatchOptions): AsyncGenerator<StreamRecord> {
    const resume = options.cursor === undefined ? '' : `&cursor=${encodeURIComponent(options.cursor)}`;
    const response = await this.#target.call({
      method: 'GET',
      path: `${this.#prefix}/pods?watch=true${resume}`,
      headers: options.isOnlooker === true ? { [onlookerHeader]: 'true' } : {},
      signal: options.signal,
      isStream: true,
    });
    assertStream(response);
    for await (const line of parseNdjson(response.body)) yield parseStreamRecord(line);
  }

  /** The container's log as bytes; ends when the log ends, or with the signal. */
  async logs(uid: string, container: string, options: LogOptions, signal: AbortSignal): Promise<Readable> {
    const response = await this.#target.call({
      method: 'GET',
      path: `${this.#containerPath(uid, container)}/log${renderLogQuery(options)}`,
      signal,
      isStream: true,
    });
    return response.body;
  }

  /** What the pods of this owner use, measured a few seconds ago at most. @throws InterLinkError `unimplemented` when the backend can't measure */
  async stats(signal?: AbortSignal): Promise<NodeStats> {
    const response = await this.#target.call({ method: 'GET', path: `${this.#prefix}/stats`, ...optional({ signal }) });
    return parseNodeStats(await readJson(response.body, listBody));
  }

  /**
   * Hands the backend what it may act by in the cluster, or what replaces that; the same sent again changes nothing. Resolves once the
   * backend has it. @throws InterLinkError `unimplemented` when it wants none
   */
  async putKubeconfig(kubeconfig: DeliveredKubeconfig, signal?: AbortSignal): Promise<void> {
    await this.#send('PUT', `${this.#prefix}/kubeconfig`, kubeconfig, signal);
  }

  /** Takes it away again; that there is none is a success. */
  async deleteKubeconfig(signal?: AbortSignal): Promise<void> {
    const path = `${this.#prefix}/kubeconfig`;
    const response = await this.#target.call({ method: 'DELETE', path, ...optional({ signal }) });
    await response.body.dump(dumpLimit());
  }

  /** What a create of this pod would have the backend do; nothing is done. @throws InterLinkError `unimplemented`, and what a create would throw */
  async render(request: PodRequest, signal?: AbortSignal): Promise<Rendering> {
    const response = await this.#target.call({
      method: 'POST',
      path: `${this.#prefix}/render`,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(request),
      ...optional({ signal }),
    });
    return parseRendering(await readJson(response.body, listBody));
  }

  /** What the backend was given for a pod that it has. @throws InterLinkError `unimplemented`, `not_found` */
  async rendering(uid: string, signal?: AbortSignal): Promise<Rendering> {
    const path = `${this.#podPath(uid)}/rendering`;
    const response = await this.#target.call({ method: 'GET', path, ...optional({ signal }) });
    return parseRendering(await readJson(response.body, listBody));
  }

  /** Runs a command in a running container. The signal hangs up on it, as `close()` does. */
  async exec(uid: string, container: string, options: ExecOptions, signal: AbortSignal): Promise<RemoteCommand> {
    const path = `${this.#containerPath(uid, container)}/exec${renderExecQuery(options)}`;
    return await this.#command(path, options, signal);
  }

  /** Connects to the streams of a running container's own process. The signal leaves it, as `close()` does. */
  async attach(uid: string, container: string, options: AttachOptions, signal: AbortSignal): Promise<RemoteCommand> {
    const path = `${this.#containerPath(uid, container)}/attach${renderAttachQuery(options)}`;
    return await this.#command(path, options, signal);
  }

  /**
   * One TCP connection to a port of a running pod: `end()` half-closes it, `destroy()` and the signal close it. It fails when it
   * breaks. @throws InterLinkError when the port can't be reached, before any data
   */
  async portForward(uid: string, port: number, signal: AbortSignal): Promise<Duplex> {
    const path = `${this.#podPath(uid)}/portforward?port=${port}`;
    return await this.#target.openWebSocket({ path, signal }, (socket, over) => {
      const connection = new PortConnection(socket);
      const destroy = () => void connection.destroy();
      over.addEventListener('abort', destroy, { once: true });
      return connection.once('close', () => over.removeEventListener('abort', destroy));
    });
  }

  async #command(path: string, options: AttachOptions, signal: AbortSignal): Promise<RemoteCommand> {
    return await this.#target.openWebSocket({ path, signal }, (socket, over) => connectCommand(socket, options, over));
  }

  async #put(request: PodRequest, query: string, signal: AbortSignal | undefined): Promise<void> {
    await this.#send('PUT', `${this.#podPath(request.pod.metadata.uid)}${query}`, request, signal);
  }

  async #send(method: 'PUT' | 'PATCH', path: string, body: object, signal: AbortSignal | undefined): Promise<void> {
    const headers = { 'content-type': 'application/json' };
    const response = await this.#target.call({
      ...{ method, path, headers, body: JSON.stringify(body) },
      ...optional({ signal }),
    });
    await response.body.dump(dumpLimit());
  }

  #containerPath(uid: string, container: string): string {
    return `${this.#podPath(uid)}/containers/${encodeURIComponent(container)}`;
  }

  #podPath(uid: string): string {
    return `${this.#prefix}/pods/${encodeURIComponent(uid)}`;
  }
}

/** A peer without `watch` may answer with its list: read as a stream, that one would only be over at once, again and again. */
function assertStream({ headers, body }: Dispatcher.ResponseData): void {
  const contentType = String(headers['content-type'] ?? 'no content type');
  if (contentType.startsWith(ndjsonContentType)) return;
  void body.dump(dumpLimit()).catch(() => undefined);
  const wanted = `a stream of ${ndjsonContentType}, without which nobody hears of its pods: the verb watch of its protocol`;
  throw new InterLinkError(
    'unimplemented',
    `The sidecar answers a watch with ${contentType}; what is wanted is ${wanted}`,
  );
}

function optional(fields: { signal: AbortSignal | undefined }): { signal?: AbortSignal } {
  return fields.signal === undefined ? {} : { signal: fields.signal };
}

/** What a peer says beside that it has accepted is not waited for. */
function dumpLimit(): { limit: number; signal: AbortSignal } {
  return { limit: 64 * 1024, signal: AbortSignal.timeout(smallBody.timeoutMs) };
}
