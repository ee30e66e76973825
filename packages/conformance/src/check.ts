import type { Capabilities } from '@interlink/protocol';
import type { CheckContext } from './context.ts';

export type Generation = 'v1' | 'v2';

/** What is known of the sidecar before the first check. */
export interface Site {
  /** Undefined when the sidecar speaks v1 only, or its capabilities can't be read: then everything is expected of it. */
  readonly capabilities: Capabilities | undefined;
  /** A unix socket is guarded by its folder, and the administrator may say that nobody is asked for a token. */
  readonly demandsToken: boolean;
  readonly canRestart: boolean;
}

/** One thing that the protocol asks for. It passes by returning, and fails by throwing a ConformanceFailure. */
export interface Check {
  /** Stable, kebab-case. */
  readonly name: string;
  readonly generation: Generation;
  /** The heading in docs/protocol.md that says what is wanted. */
  readonly section: string;
  /** What is wanted, one sentence. */
  readonly summary: string;
  /** Why the check says nothing about this sidecar; undefined when it does. */
  skip?(site: Site): string | undefined;
  /** Nothing else may run beside it. */
  readonly isExclusive?: boolean;
  run(context: CheckContext): Promise<void>;
}

type SectionCheck = Omit<Check, 'generation' | 'section'>;

/** The checks of one section. What `skip` says for the section holds for each of them. */
export function checksOf(
  section: { generation: Generation; section: string; skip?: Check['skip'] },
  checks: ReadonlyArray<SectionCheck>,
): Check[] {
  return checks.map((check) => ({
    ...check,
    generation: section.generation,
    section: section.section,
    skip: (site) => section.skip?.(site) ?? check.skip?.(site),
  }));
}

/** A reason to skip what needs a verb that the sidecar does not announce. */
export function needsVerb(verb: Capabilities['verbs'][number]): NonNullable<Check['skip']> {
  return ({ capabilities }) =>
    capabilities === undefined || capabilities.verbs.includes(verb)
      ? undefined
      : `the capabilities do not announce ${verb}`;
}
