import { refuseFlags } from '../flags/allowed-flags.ts';
import { parseFlags, type SbatchFlags } from '../flags/parse-flags.ts';
import { parseTime } from '../flags/units.ts';
import type { PodAnnotations } from './pod-annotations.ts';

/**
 * Options that existing pods have, and that change nothing of what runs: the sidecar's own hold instead, and the pod is told. All
 * others that it can't have keep it Pending, since it would run otherwise than it says.
 */
const withoutEffect: ReadonlySet<string> = new Set(['job-name', 'comment', 'output', 'error']);

/** The options of sbatch that a pod's annotation sets. */
export function toPodFlags(annotations: PodAnnotations, allowed: ReadonlySet<string>): SbatchFlags {
  const words = annotations.words('flags');
  if (words === undefined) return new Map();
  const { flags, problems } = parseFlags(words);
  const place = `annotation ${annotations.fullName('flags')}`;
  const kept = new Map([...flags].filter(([name]) => !withoutEffect.has(name)));
  for (const name of flags.keys()) {
    if (!kept.has(name)) annotations.ignored.push(`${place}: --${name} is the sidecar's own`);
  }
  const time = kept.get('time');
  const wrongTime = typeof time === 'string' && parseTime(time) === undefined;
  annotations.problems.push(
    ...problems.map((problem) => `${place}: ${problem}`),
    ...refuseFlags(kept, allowed).map((problem) => `${place}: ${problem}`),
    ...(wrongTime ? [`${place}: --time: ${JSON.stringify(time)} is none: minutes, or D-HH:MM:SS, is wanted`] : []),
  );
  return kept;
}
