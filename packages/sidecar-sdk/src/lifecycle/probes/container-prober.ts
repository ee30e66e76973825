import type { PodEvent } from '@interlink/protocol';
import type { Clock } from '../clock.ts';
import type { ProbeOutcome } from './handlers/probe-outcome.ts';
import { runProbe } from './handlers/run-probe.ts';
import { probeEvent } from './probe-events.ts';
import { type ProbeKind, type ProbeRules, probeKinds, probeOf, toProbeRules } from './probe-rules.ts';
import { firstRunMs, nextRunMs } from './probe-schedule.ts';
import {
  afterRun,
  initialProbeState,
  isEnabled,
  isReady,
  isStarted,
  type ProbeState,
  quietProbeState,
} from './probe-state.ts';
import type { ProbedContainer, ProbedState, ProbeVerdict } from './probed-state.ts';
import type { Turns } from './turns.ts';

/** What all probers have in common. */
export interface ProberContext {
  readonly clock: Clock;
  readonly turns: Turns;
  /** A number from 0 up to 1. */
  readonly random: () => number;
  /** Since when this process probes. */
  readonly sinceMs: number;
}

export interface ProberListener {
  onChange(): void;
  onEvent(event: PodEvent): void;
}

interface Entry {
  readonly kind: ProbeKind;
  readonly rules: ProbeRules;
  /** Should have run before this process did. */
  readonly wasDue: boolean;
  state: ProbeState;
  hasRun: boolean;
  /** Calls the next run off. Undefined: none is planned. */
  cancel: (() => void) | undefined;
}

/** Runs the probes of one attempt of a container until it is stopped. */
export class ContainerProber {
  readonly startedAtMs: number;
  readonly #container: ProbedContainer;
  readonly #context: ProberContext;
  readonly #listener: ProberListener;
  readonly #entries: ReadonlyArray<Entry>;
  readonly #stopping = new AbortController();
  #verdict: ProbeVerdict | undefined;

  constructor(container: ProbedContainer, context: ProberContext, listener: ProberListener) {
    this.#container = container;
    this.#context = context;
    this.#listener = listener;
    this.startedAtMs = container.startedAtMs;
    this.#entries = probeKinds.flatMap((kind) => {
      const probe = probeOf(container.probes, kind);
      if (probe === undefined) return [];
      const rules = toProbeRules(probe);
      const wasDue = container.startedAtMs + rules.initialDelayMs < context.sinceMs;
      const hasPassed = kind === 'startup' && container.hasStarted === true;
      const state = hasPassed ? quietProbeState() : initialProbeState(kind);
      return [{ kind, rules, wasDue, state, hasRun: hasPassed, cancel: undefined }];
    });
    this.#planFirstRuns();
  }

  get state(): ProbedState {
    const states = this.#states();
    const awaited = this.#entries.filter(({ kind, wasDue, hasRun }) => kind !== 'liveness' && wasDue && !hasRun);
    const started = isStarted(states);
    const settled = !awaited.some(({ kind }) => kind === 'startup' || started);
    return { started, ready: isReady(states), settled, liveness: this.#verdict };
  }

  /** The pod is being deleted: its liveness and startup probes end, and only readiness goes on. */
  terminate(): void {
    this.#change(() => {
      for (const entry of this.#entries) {
        if (entry.kind === 'readiness') continue;
        entry.cancel?.();
        entry.state = quietProbeState();
      }
      this.#verdict = undefined;
    });
  }

  stop(): void {
    this.#stopping.abort();
    for (const { cancel } of this.#entries) cancel?.();
  }

  #states(): Partial<Record<ProbeKind, ProbeState>> {
    return Object.fromEntries(this.#entries.map(({ kind, state }) => [kind, state]));
  }

  #planFirstRuns(): void {
    const { clock, random } = this.#context;
    const enabledAtMs = clock.now();
    // An engine's clock may be ahead of ours.
    const startedAtMs = Math.min(this.startedAtMs, enabledAtMs);
    const states = this.#states();
    for (const entry of this.#entries) {
      if (entry.cancel !== undefined || !isEnabled(states, entry.kind)) continue;
      const jitter = entry.wasDue ? random() : 0;
      this.#plan(entry, firstRunMs(entry.kind, entry.rules, { startedAtMs, enabledAtMs, jitter }));
    }
  }

  #plan(entry: Entry, dueMs: number): void {
    const { clock } = this.#context;
    // Whoever was told of the last run may have stopped this.
    if (this.#stopping.signal.aborted) return;
    entry.cancel = clock.setTimer(dueMs - clock.now(), () => void this.#run(entry, dueMs));
  }

  async #run(entry: Entry, dueMs: number): Promise<void> {
    const { clock, turns } = this.#context;
    const { signal } = this.#stopping;
    const probe = probeOf(this.#container.probes, entry.kind);
    const outcome = await turns.take(async () =>
      probe === undefined || signal.aborted ? undefined : await runProbe(probe, this.#container.target, signal, clock),
    );
    // Stopped, or fallen silent, while it ran.
    if (outcome === undefined || signal.aborted || !isEnabled(this.#states(), entry.kind)) return;
    this.#tell(entry, outcome);
    this.#change(() => {
      entry.state = afterRun(entry.state, outcome.result, entry.kind, entry.rules);
      entry.hasRun = true;
      if (entry.state.isOnHold) this.#verdict = this.#condemn(entry.kind);
      if (isEnabled(this.#states(), entry.kind)) this.#plan(entry, nextRunMs(dueMs, entry.rules, clock.now()));
    });
  }

  #tell({ kind }: Entry, outcome: ProbeOutcome): void {
    const event = probeEvent(kind, outcome, this.#container.target.container.name);
    if (event !== undefined) this.#listener.onEvent(event);
  }

  #condemn(kind: ProbeKind): ProbeVerdict | undefined {
    if (kind === 'readiness') return undefined;
    return {
      probe: kind,
      failedAtMs: this.#context.clock.now(),
      graceSeconds: probeOf(this.#container.probes, kind)?.terminationGracePeriodSeconds,
      message: `Container ${this.#container.target.container.name} failed ${kind} probe`,
    };
  }

  /** Does what may change the state, begins what is enabled by it, and tells when it did. */
  #change(act: () => void): void {
    const before = this.state;
    act();
    this.#planFirstRuns();
    const after = this.state;
    const keys = ['started', 'ready', 'settled', 'liveness'] as const;
    if (keys.some((key) => before[key] !== after[key])) this.#listener.onChange();
  }
}
