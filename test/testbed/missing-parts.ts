import type { MissingRequirement } from './requirements.ts';

/**
 * What to do about missing requirements: in CI (`CI=true`) they are a failure, so that nothing is left out unseen;
 * elsewhere the run goes on with what can run, and says at its end what it left out.
 */
export function assertNothingMissingInCi(missing: readonly MissingRequirement[], env: NodeJS.ProcessEnv): void {
  if (env.CI !== 'true' || missing.length === 0) return;
  throw new Error(`Cannot start the testbed in CI: ${renderMissing(missing)}`);
}

/** Renders what was left out and how to get it, one line for each thing; empty when nothing is missing. */
export function renderMissing(missing: readonly MissingRequirement[]): string {
  if (missing.length === 0) return '';
  const parts = [...new Set(missing.map(({ part }) => part))].join(' and ');
  const lines = missing.map(({ part, name, problem, howToGet }) => `  ${name} (for ${part}): ${problem}; ${howToGet}`);
  return [`left out: everything that needs ${parts}. What is missing:`, ...lines].join('\n');
}
