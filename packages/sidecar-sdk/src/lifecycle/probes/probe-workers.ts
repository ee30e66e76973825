import type { PodEvent } from '@interlink/protocol';
import { type Clock, systemClock } from '../clock.ts';
import { ContainerProber } from './container-prober.ts';
import { notRunning, type ProbedContainer, type ProbedState } from './probed-state.ts';
import { Turns } from './turns.ts';

/** Runs at once, of all pods: a command in a container costs its engine something. */
const maxAtOnce = 32;

export interface ProbeWorkersOptions {
  /** What {@link ProbeWorkers.stateOf} says of a container is something else now. */
  onChange(key: string): void;
  /** Warnings `Unhealthy` and `ProbeWarning`, in the kubelet's words. */
  onEvent(key: string, event: PodEvent): void;
  /** Default: the system's. */
  readonly clock?: Clock;
  /** A number from 0 up to 1. Default: `Math.random`. */
  readonly random?: () => number;
}

/**
 * The probes of all containers, as a kubelet runs them: a timer for the next run of each, and nothing in between. It keeps nothing:
 * after a restart of the process it is told again what runs.
 * @see https://kubernetes.io/docs/concepts/workloads/pods/probes/
 */
export class ProbeWorkers {
  readonly #options: ProbeWorkersOptions;
  readonly #clock: Clock;
  readonly #turns = new Turns(maxAtOnce);
  readonly #sinceMs: number;
  readonly #probers = new Map<string, ContainerProber>();

  constructor(options: ProbeWorkersOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#sinceMs = this.#clock.now();
  }

  /**
   * A container runs; one without probes, too, so that {@link stateOf} knows it. Told again of the same start it changes nothing;
   * another start is another attempt, of which nothing is known yet.
   * @param key the caller's name for a container of a pod
   */
  watch(key: string, container: ProbedContainer): void {
    const known = this.#probers.get(key);
    if (known?.startedAtMs === container.startedAtMs) return;
    known?.stop();
    const context = {
      clock: this.#clock,
      turns: this.#turns,
      random: this.#options.random ?? Math.random,
      sinceMs: this.#sinceMs,
    };
    const prober = new ContainerProber(container, context, {
      onChange: () => this.#options.onChange(key),
      onEvent: (event) => this.#options.onEvent(key, event),
    });
    this.#probers.set(key, prober);
  }

  /** The container's pod is being deleted: readiness goes on, what would restart it does not. */
  terminate(key: string): void {
    this.#probers.get(key)?.terminate();
  }

  /** The container does not run any more. Runs under way are broken off. */
  stop(key: string): void {
    this.#probers.get(key)?.stop();
    this.#probers.delete(key);
  }

  /** A container that is not watched does not run: it is neither started nor ready. */
  stateOf(key: string): ProbedState {
    return this.#probers.get(key)?.state ?? notRunning;
  }

  /** Stops all. */
  close(): void {
    for (const key of [...this.#probers.keys()]) this.stop(key);
  }
}
