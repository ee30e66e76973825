/** A check that did not pass: what the sidecar did, and what the protocol asks for. Never holds a token. */
export class ConformanceFailure extends Error {
  override readonly name = 'ConformanceFailure';
  readonly seen: string;
  readonly wanted: string;

  constructor({ wanted, seen }: { wanted: string; seen: string }) {
    super(`wanted: ${wanted}; seen: ${seen}`);
    this.seen = seen;
    this.wanted = wanted;
  }
}

/** @throws ConformanceFailure unless the condition holds */
export function assertSeen(holds: boolean, wanted: string, seen: string): asserts holds {
  if (!holds) throw new ConformanceFailure({ wanted, seen });
}

const maxShown = 300;

/** A value as a report shows it: JSON, cut when it is long. */
export function show(value: unknown): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : (JSON.stringify(value) ?? 'nothing');
  return text.length <= maxShown ? text : `${text.slice(0, maxShown)}… (${text.length} characters)`;
}
