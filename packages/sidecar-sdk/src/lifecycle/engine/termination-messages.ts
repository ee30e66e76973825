import type { Logger } from '@interlink/service-kit';
import type { Attempt, ContainerRuntime, RuntimePod } from '../container-runtime.ts';
import { declared } from '../facts/build-facts.ts';
import type { PodMemory } from './pod-memory.ts';

/**
 * What containers leave as their last word, read once for each attempt.
 * @see https://kubernetes.io/docs/tasks/debug/debug-application/determine-reason-pod-failure/
 */
export class TerminationMessages {
  readonly #runtime: ContainerRuntime;
  readonly #logger: Logger;

  constructor(runtime: ContainerRuntime, logger: Logger) {
    this.#runtime = runtime;
    this.#logger = logger;
  }

  async read(pod: RuntimePod, memory: PodMemory): Promise<void> {
    const due = pod.attempts.filter((attempt) => isOpen(attempt) && !memory.messages.has(attempt.id));
    await Promise.all(
      due.map(async (attempt) => {
        memory.messages.set(attempt.id, await this.#messageOf(pod, attempt));
      }),
    );
  }

  addTo(pod: RuntimePod, { messages }: PodMemory): RuntimePod {
    return { ...pod, attempts: pod.attempts.map((attempt) => withMessage(attempt, messages.get(attempt.id))) };
  }

  /** A message that can't be read is none: the end itself matters more. */
  async #messageOf(pod: RuntimePod, attempt: Attempt): Promise<string> {
    const spec = declared(pod.pod).find(({ spec: { name } }) => name === attempt.container)?.spec;
    try {
      const message = await this.#runtime.terminationMessage(pod, attempt, 'file');
      const isFailed = attempt.state.kind === 'ended' && attempt.state.ending.exitCode !== 0;
      if (message !== '' || !isFailed || spec?.terminationMessagePolicy !== 'FallbackToLogsOnError') return message;
      return await this.#runtime.terminationMessage(pod, attempt, 'logs');
    } catch (error) {
      const { uid } = pod.pod.metadata;
      this.#logger.warn(
        { podUid: uid, container: attempt.container, err: error },
        'cannot read the termination message',
      );
      return '';
    }
  }
}

/** It has run, and the runtime has nothing to say of its end itself. */
function isOpen({ state }: Attempt): boolean {
  return state.kind === 'ended' && state.ending.message === undefined && state.ending.startedAt !== undefined;
}

function withMessage(attempt: Attempt, message: string | undefined): Attempt {
  if (message === undefined || message === '' || attempt.state.kind !== 'ended') return attempt;
  return { ...attempt, state: { kind: 'ended', ending: { ...attempt.state.ending, message } } };
}
