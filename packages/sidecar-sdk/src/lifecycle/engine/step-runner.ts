import { InterLinkError } from '@interlink/protocol';
import type { Logger } from '@interlink/service-kit';
import type { Clock } from '../clock.ts';
import type { Attempt, ContainerRuntime, EventText, RuntimePod } from '../container-runtime.ts';
import type { Step } from '../decide/step.ts';
import type { PodFacts } from '../facts/pod-facts.ts';
import { isImageReason } from '../status/image-reasons.ts';
import { specOf, toSubject } from './care-subject.ts';
import type { ContainerCare } from './container-care.ts';
import * as events from './lifecycle-events.ts';
import { type PodMemory, sandbox, volumes } from './pod-memory.ts';
import { removeAttempt, removePod } from './removal.ts';
import { stopAttempt } from './stop-attempt.ts';

export interface StepRunnerOptions {
  readonly runtime: ContainerRuntime;
  readonly care: ContainerCare;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly tell: (uid: string, container: string | undefined, event: EventText) => void;
  readonly gone: (uid: string) => void;
  /** The pod is to be looked at again soon. */
  readonly changed: (uid: string) => void;
}

/** Does what was decided on, each step behind the round that asked for it. What fails is told, noted, and decided on anew. */
export class StepRunner {
  readonly #options: StepRunnerOptions;

  constructor(options: StepRunnerOptions) {
    this.#options = options;
  }

  begin(step: Step, { runtime: pod }: PodFacts, memory: PodMemory): void {
    const { runtime } = this.#options;
    const act = { pod, memory };
    switch (step.do) {
      case 'startSandbox':
        this.#begin({ ...act, name: sandbox, about: sandbox }, () => runtime.startSandbox(pod), {
          failed: (error) => events.sandboxFailed(error.message),
        });
        break;
      case 'prepare':
        this.#begin({ ...act, name: volumes, about: volumes }, () => this.#prepare(pod, memory), {
          failed: (error) => events.mountFailed(error.message),
        });
        break;
      case 'create':
        this.#create(step, pod, memory);
        break;
      case 'start':
        this.#start(step.attempt, pod, memory);
        break;
      case 'postStart':
        this.#postStart(step.attempt, pod, memory);
        break;
      case 'stop':
        stopAttempt(step, { pod, memory }, this.#options);
        break;
      case 'removeAttempt':
        this.#removeAttempt(step.attempt, pod, memory);
        break;
      case 'remove':
        // What is still being made may run in a moment, and then has a right to its grace period.
        if (!memory.tasks.isBusy) memory.tasks.begin('remove', () => removePod(pod, this.#options));
        break;
    }
  }

  /** What can't be removed is left alone for a while, and holds up nothing else. */
  #removeAttempt(attempt: Attempt, pod: RuntimePod, memory: PodMemory): void {
    const { clock, changed } = this.#options;
    const name = `remove ${attempt.id}`;
    const nowMs = clock.now();
    if ((memory.problemOf(name)?.retryAtMs ?? 0) > nowMs) return;
    memory.tasks.begin(name, async () => {
      const message = await removeAttempt(attempt, pod, this.#options);
      if (message === undefined) return memory.noteSuccess(name);
      memory.noteFailure(name, { reason: '', message, nowMs: clock.now() });
      const { retryAtMs = 0 } = memory.problemOf(name) ?? {};
      clock.setTimer(retryAtMs - clock.now(), () => changed(pod.pod.metadata.uid));
    });
  }

  #begin(
    act: { pod: RuntimePod; memory: PodMemory; name: string; about: string; container?: string },
    task: () => Promise<void>,
    words: { done?: EventText; failed: (error: InterLinkError) => EventText; reason?: string },
  ): void {
    const { pod, memory, name, about, container } = act;
    const { uid } = pod.pod.metadata;
    if (memory.tasks.signal.aborted) return;
    memory.tasks.begin(name, async () => {
      try {
        await task();
        memory.noteSuccess(about);
        if (words.done !== undefined) this.#options.tell(uid, container, words.done);
      } catch (thrown) {
        if (memory.tasks.signal.aborted) return;
        const error = InterLinkError.from(thrown);
        const reason = error.reason ?? words.reason ?? error.code;
        memory.noteFailure(about, { reason, message: error.message, nowMs: this.#options.clock.now() });
        this.#options.tell(uid, container, words.failed(error));
      }
    });
  }

  async #prepare(pod: RuntimePod, memory: PodMemory): Promise<void> {
    await this.#options.runtime.prepare(pod);
    memory.isPrepared = true;
  }

  #create(step: Step & { do: 'create' }, pod: RuntimePod, memory: PodMemory): void {
    const { container, attempt, failuresBefore } = step;
    const tell = (event: EventText) => this.#options.tell(pod.pod.metadata.uid, container, event);
    const { signal } = memory.tasks;
    this.#begin(
      { pod, memory, name: `create ${container}`, about: container, container },
      () => this.#options.runtime.create({ pod, container, attempt, failuresBefore, tell, signal }),
      {
        done: events.created,
        failed: ({ reason, message }) =>
          events.failed(reason !== undefined && isImageReason(reason) ? reason : message),
        reason: 'CreateContainerError',
      },
    );
  }

  #start(attempt: Attempt, pod: RuntimePod, memory: PodMemory): void {
    const { container, id } = attempt;
    const start = async () => {
      // Before it is seen to run: whoever waits for it waits for its hook, too, and knows that nobody has probed it yet.
      memory.postStart.set(id, specOf(pod, container)?.lifecycle?.postStart === undefined ? 'done' : 'due');
      await this.#options.runtime.start(pod, attempt);
    };
    this.#begin({ pod, memory, name: `start ${id}`, about: container, container }, start, {
      done: events.started,
      failed: ({ message }) => events.failed(message),
      reason: 'RunContainerError',
    });
  }

  #postStart(attempt: Attempt, pod: RuntimePod, memory: PodMemory): void {
    const { container, id } = attempt;
    const subject = toSubject(pod, attempt);
    if (subject === undefined) return;
    memory.postStart.set(id, 'running');
    memory.tasks.begin(`postStart ${id}`, async () => {
      const { signal } = memory.tasks;
      const { result, message, events: told } = await this.#options.care.runHook('postStart', subject, signal);
      if (result === 'success') memory.postStart.set(id, 'done');
      if (result !== 'failure') return;
      const nowMs = this.#options.clock.now();
      memory.postStart.set(id, { failedAtMs: nowMs });
      for (const event of told) this.#options.tell(pod.pod.metadata.uid, container, event);
      this.#options.logger.info({ podUid: pod.pod.metadata.uid, container, why: message }, 'the postStart hook failed');
    });
  }
}
