import type { Container, Pod } from '@interlink/sidecar-sdk';
import type { Attempt, AttemptState, ContainerFacts, PodFacts } from '../decide/pod-facts.ts';
import type { Ending } from '../runner/records.ts';
import { owner } from './pods.ts';

export const startMs = Date.parse('2027-01-01T00:00:00Z');

/** RFC 3339, seconds after {@link startMs}. */
export function at(seconds: number): string {
  return new Date(startMs + seconds * 1_000).toISOString();
}

export function endedAttempt(number: number, ending: Partial<Ending> = {}, failuresBefore = 0): Attempt {
  const full = { exitCode: 0, startedAt: at(0), finishedAt: at(1), ...ending };
  return { number, failuresBefore, state: { kind: 'ended', ending: full } };
}

export function runningAttempt(number: number, pid = 100): Attempt {
  const runner = { pid: pid + 1, startTime: '1' };
  const child = { process: { pid, startTime: '1' }, startedAt: at(0) };
  return { number, failuresBefore: 0, state: { kind: 'running', runner, child } };
}

export function attemptIn(state: AttemptState, number = 0): Attempt {
  return { number, failuresBefore: 0, state };
}

export function containerFacts(name: string, latest?: Attempt, more: Partial<Container> = {}): ContainerFacts {
  return { container: { name, command: ['true'], ...more }, latest, earlier: undefined };
}

export function podFacts(parts: Partial<PodFacts>, spec: Partial<Pod['spec']> = {}): PodFacts {
  const containers = parts.containers ?? [containerFacts('main')];
  const metadata = { uid: '11111111-1111-4111-8111-111111111111', namespace: 'ns', name: 'p' };
  return {
    owner,
    pod: { metadata, spec: { containers: containers.map(({ container }) => container), ...spec } },
    acceptedAt: at(0),
    stop: undefined,
    initContainers: [],
    ephemeralContainers: [],
    ...parts,
    containers,
  };
}
