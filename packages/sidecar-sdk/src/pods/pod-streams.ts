import type { Duplex } from 'node:stream';
import {
  type AttachOptions,
  type ContainerStatus,
  containerStatusesOf,
  type ExecOptions,
  InterLinkError,
  type PodReport,
  type RemoteCommand,
} from '@interlink/protocol';
import type { Backend, PodReference } from '../backend.ts';
import { cannot } from './cannot.ts';
import { type PodTarget, referenceTo } from './reference-to.ts';

export interface ContainerTarget extends PodTarget {
  readonly container: string;
}

/**
 * Exec, attach and port-forward before a backend that may have them or not: the pod is known, its owner's, and running.
 * @see Backend
 */
export class PodStreams {
  readonly #backend: Backend;
  readonly #find: (pod: PodTarget) => PodReport;

  /** @param find the pod's newest report. @throws InterLinkError `not_found` */
  constructor(backend: Backend, find: (pod: PodTarget) => PodReport) {
    this.#backend = backend;
    this.#find = find;
  }

  /** @throws InterLinkError `not_found`, `failed_precondition` while the container does not run, `unimplemented` */
  async exec(target: ContainerTarget, options: ExecOptions, signal: AbortSignal): Promise<RemoteCommand> {
    const pod = this.#runningContainer(target);
    if (this.#backend.exec === undefined) throw await cannot(this.#backend, 'run a command in a container');
    return await this.#backend.exec(pod, target.container, options, signal);
  }

  /** @throws InterLinkError `not_found`, `failed_precondition` while the container does not run, `unimplemented` */
  async attach(target: ContainerTarget, options: AttachOptions, signal: AbortSignal): Promise<RemoteCommand> {
    const pod = this.#runningContainer(target);
    if (this.#backend.attach === undefined) throw await cannot(this.#backend, 'attach to a container');
    return await this.#backend.attach(pod, target.container, options, signal);
  }

  /** @throws InterLinkError `not_found`, `failed_precondition` while nothing of the pod runs, `unimplemented` */
  async portForward(target: PodTarget, port: number, signal: AbortSignal): Promise<Duplex> {
    const report = this.#find(target);
    if (!containerStatusesOf(report).some(isRunning)) {
      throw new InterLinkError('failed_precondition', `pod "${report.name}" is not running`);
    }
    if (this.#backend.portForward === undefined) throw await cannot(this.#backend, 'forward a port');
    return await this.#backend.portForward(referenceTo(target, report), port, signal);
  }

  #runningContainer({ container, ...target }: ContainerTarget): PodReference {
    const report = this.#find(target);
    const status = containerStatusesOf(report).find(({ name }) => name === container);
    const what = `container "${container}" in pod "${report.name}"`;
    if (status === undefined) throw new InterLinkError('not_found', `There is no ${what}`);
    if (!isRunning(status)) throw new InterLinkError('failed_precondition', `${what} is not running`);
    return referenceTo(target, report);
  }
}

function isRunning({ state }: ContainerStatus): boolean {
  return state.running !== undefined;
}
