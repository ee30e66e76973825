import type { CallKind, CallRuleShape } from './call-shape.ts';
import type { LoadedScript } from './script-file.ts';

/** Counts calls by kind, and finds what the script has for each. A script that was read anew is counted anew. */
export class CallRules {
  readonly #loaded: () => LoadedScript;
  #counted: LoadedScript | undefined;
  #counts = new Map<CallKind, number>();

  constructor(loaded: () => LoadedScript) {
    this.#loaded = loaded;
  }

  /** One more call. @returns the first rule that it falls under, and its number */
  next(kind: CallKind, nowMs: number): { rule: CallRuleShape; count: number } | undefined {
    const loaded = this.#loaded();
    if (loaded !== this.#counted) this.#counts = new Map();
    this.#counted = loaded;
    const count = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, count);
    const elapsedSeconds = (nowMs - loaded.sinceMs) / 1_000;
    const rule = loaded.script.calls?.[kind]?.find((candidate) => applies(candidate, count, elapsedSeconds));
    return rule === undefined ? undefined : { rule, count };
  }
}

function applies(rule: CallRuleShape, count: number, elapsedSeconds: number): boolean {
  const { every = 1, first = Number.POSITIVE_INFINITY, afterSeconds = 0, forSeconds = Number.POSITIVE_INFINITY } = rule;
  const isInTime = elapsedSeconds >= afterSeconds && elapsedSeconds < afterSeconds + forSeconds;
  return isInTime && count % every === 0 && count <= first;
}
