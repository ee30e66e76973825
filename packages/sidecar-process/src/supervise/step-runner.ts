import { mkdir, rm, stat } from 'node:fs/promises';
import type { Container, PodEvent } from '@interlink/sidecar-sdk';
import { toRunOrder } from '../container-order.ts';
import type { Step } from '../decide/next-steps.ts';
import { allContainers, type PodFacts } from '../decide/pod-facts.ts';
import type { PodFolder } from '../folder/pod-folder.ts';
import { removePod } from '../folder/remove-pod.ts';
import type { Claim, Ending } from '../runner/records.ts';
import { writeOnce } from '../runner/whole-file.ts';
import { signalGroup } from './signal-group.ts';
import { startRunner } from './start-runner.ts';

export interface StepRunnerOptions {
  readonly podsFolder: string;
  readonly now: () => number;
  /** A runner that this process started has ended. */
  readonly onRunnerExit: (uid: string) => void;
  readonly onEvent: (uid: string, event: PodEvent) => void;
  readonly onGone: (uid: string) => void;
}

/** Does the steps that were decided on: the place where folders are written, processes started and signalled. */
export class StepRunner {
  readonly #options: StepRunnerOptions;
  /** Attempts' folders whose runner this process has started and that has not ended. */
  readonly #launched = new Set<string>();
  /** By pod: who was sent TERM, so that a process is asked to end once. */
  readonly #asked = new Map<string, Set<string>>();

  constructor(options: StepRunnerOptions) {
    this.#options = options;
  }

  /** @returns whether the pod's facts are others now and have to be read again */
  async run(facts: PodFacts, folder: PodFolder, steps: ReadonlyArray<Step>): Promise<boolean> {
    let hasChanged = false;
    for (const step of steps) hasChanged = (await this.#do(facts, folder, step)) || hasChanged;
    return hasChanged;
  }

  async #do(facts: PodFacts, folder: PodFolder, step: Step): Promise<boolean> {
    const { uid } = facts.pod.metadata;
    switch (step.do) {
      case 'start':
        await this.#order(facts, folder, step);
        return true;
      case 'launch':
        this.#launch(uid, folder, step.container, step.attempt);
        return false;
      case 'cancel':
        return this.#cancel(folder, step.container, step.attempt);
      case 'bury':
        if (step.group !== undefined) signalGroup(step.group, 'SIGKILL');
        writeOnce(folder.attemptFile(step.container, step.attempt, 'ending'), this.#loss());
        return true;
      case 'signal':
        this.#signal(uid, step);
        return false;
      case 'stop':
        // Never in place of a delete's order, which may have come meanwhile.
        writeOnce(folder.stop, step.order);
        return true;
      case 'remove':
        await removePod(this.#options.podsFolder, uid, folder);
        this.#asked.delete(uid);
        this.#options.onGone(uid);
        return true;
    }
  }

  /** Writes the order; the runner starts in the next turn, as it would after a crash in between. Older logs go. */
  async #order(facts: PodFacts, folder: PodFolder, step: Step & { do: 'start' }): Promise<void> {
    const container = allContainers(facts).find((each) => each.container.name === step.container)?.container;
    if (container === undefined) return;
    const cwd = await workingFolder(container, folder);
    await mkdir(folder.attempt(step.container, step.attempt), { recursive: true, mode: 0o700 });
    const orderPath = folder.attemptFile(step.container, step.attempt, 'order');
    writeOnce(orderPath, toRunOrder(container, folder, cwd, step.failuresBefore));
    for (const old of [step.attempt - 2, step.attempt - 3].filter((number) => number >= 0)) {
      await rm(folder.attempt(step.container, old), { recursive: true, force: true });
    }
  }

  #launch(uid: string, folder: PodFolder, container: string, attempt: number): void {
    const attemptFolder = folder.attempt(container, attempt);
    if (this.#launched.has(attemptFolder)) return;
    this.#launched.add(attemptFolder);
    const runner = startRunner(attemptFolder, folder.path);
    const onEnd = () => {
      if (!this.#launched.delete(attemptFolder)) return;
      // A runner that ends without having taken the order can't run it, and neither will the next.
      this.#cancel(folder, container, attempt);
      this.#options.onRunnerExit(uid);
    };
    runner.once('exit', onEnd);
    runner.once('error', onEnd);
  }

  /** Takes the order so that no runner does, and ends the attempt. */
  #cancel(folder: PodFolder, container: string, attempt: number): boolean {
    const claim: Claim = {};
    if (!writeOnce(folder.attemptFile(container, attempt, 'claim'), claim)) return false;
    const ending: Ending = {
      exitCode: 137,
      reason: 'ContainerStatusUnknown',
      message: 'The container was never started',
      finishedAt: this.#time(),
    };
    return writeOnce(folder.attemptFile(container, attempt, 'ending'), ending);
  }

  #signal(uid: string, { signal, group, container }: Step & { do: 'signal' }): void {
    if (signal === 'SIGTERM') {
      const asked = this.#asked.get(uid) ?? new Set();
      const key = `${group.pid} ${group.startTime}`;
      if (asked.has(key)) return;
      this.#asked.set(uid, asked.add(key));
      this.#options.onEvent(uid, {
        type: 'Normal',
        reason: 'Killing',
        message: `Stopping container ${container}`,
        container,
      });
    }
    signalGroup(group, signal);
  }

  #loss(): Ending {
    return {
      exitCode: 137,
      reason: 'ContainerStatusUnknown',
      message: 'The process that ran the container was lost: its exit code is not known',
      finishedAt: this.#time(),
    };
  }

  #time(): string {
    return new Date(this.#options.now()).toISOString();
  }
}

/** The container's workingDir where there is such a folder, else the pod's scratch folder. */
async function workingFolder({ workingDir }: Container, folder: PodFolder): Promise<string> {
  if (workingDir === undefined || workingDir === '') return folder.scratch;
  const isFolder = await stat(workingDir).then(
    (found) => found.isDirectory(),
    () => false,
  );
  return isFolder ? workingDir : folder.scratch;
}
