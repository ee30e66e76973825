import { InterLinkError, type Owner, ownerKey } from '@interlink/protocol';
import type { Identity } from '../auth/identity.ts';
import type { DeniedStreams, Grant } from '../config/access-keys.ts';
import { type Access, isReadVerb, isStreamVerb, type StreamVerb } from './access.ts';
import { matchesOwner } from './matches-owner.ts';
import { matchesPattern } from './matches-pattern.ts';

export type DenialReason = 'owner_not_granted' | 'pool_not_granted' | 'read_only' | 'stream_switched_off';

export interface Denial {
  readonly reason: DenialReason;
  /** Never tells whether what was asked for exists. */
  readonly message: string;
}

/** The keys of the configuration that it is made of. */
export interface PolicySettings {
  readonly 'Policy.Grants': ReadonlyArray<Grant> | undefined;
  readonly 'Policy.DenyStreams': ReadonlyArray<DeniedStreams> | undefined;
}

/** What an identity may, for one owner or for any. */
export interface Rights {
  /** Whether there is anything. */
  readonly any: boolean;
  /** Whether it may do more than look. */
  readonly changes: boolean;
  /** Whether it may do everything for every owner. */
  readonly allOwners: boolean;
  /** Whether it may look at what every owner has. */
  readonly seesAllOwners: boolean;
  hasPool(name: string): boolean;
  hasStream(verb: StreamVerb): boolean;
}

/**
 * Who may do what for whose pods: `Policy.Grants` and `Policy.DenyStreams`. Grants add up; without any, whoever is let in may act
 * for all owners.
 */
export class Policy {
  readonly #grants: ReadonlyArray<Grant> | undefined;
  readonly #denied: ReadonlyArray<DeniedStreams>;

  /** @throws InterLinkError `invalid_argument` for grants to nobody, or of nothing */
  constructor(settings: PolicySettings) {
    this.#grants = settings['Policy.Grants'];
    this.#denied = settings['Policy.DenyStreams'] ?? [];
    const problems = (this.#grants ?? []).flatMap((grant, index) =>
      problemsOf(grant).map((problem) => `Policy.Grants[${index}] ${problem}`),
    );
    if (problems.length > 0)
      throw new InterLinkError('invalid_argument', `Invalid configuration: ${problems.join('; ')}`);
  }

  /** True when it has nothing to say. */
  get isOpen(): boolean {
    return this.#grants === undefined && this.#denied.length === 0;
  }

  /** Why this is not allowed; undefined when it is. */
  decide(identity: Identity, { owner, verb, pool }: Access): Denial | undefined {
    const stream = isStreamVerb(verb) ? verb : undefined;
    const switchedOff: Denial = {
      reason: 'stream_switched_off',
      message: `${verb} is switched off for pods of ${ownerKey(owner)}`,
    };
    if (stream !== undefined && this.#isDenied(stream, pool)) return switchedOff;
    if (this.#grants === undefined) return undefined;
    const mine = this.#of(identity);
    if (isReadVerb(verb) && mine.some(({ Operator }) => Operator)) return undefined;
    const forOwner = mine.filter((grant) => isFor(grant, owner));
    if (forOwner.length === 0) {
      const message = `${identity.name} may not act for ${ownerKey(owner)}`;
      const isOperator = mine.some(({ Operator }) => Operator);
      return isOperator ? { reason: 'read_only', message } : { reason: 'owner_not_granted', message };
    }
    const inPool = forOwner.filter((grant) => reachesPool(grant, pool));
    if (inPool.length === 0) {
      const message = `${identity.name} may not use ${pool === undefined ? 'what has no pool' : `the pool ${pool}`}`;
      return { reason: 'pool_not_granted', message };
    }
    if (stream !== undefined && inPool.every(({ DenyStreams = [] }) => DenyStreams.includes(stream)))
      return switchedOff;
    return undefined;
  }

  /** @param owner undefined: whichever */
  rightsOf(identity: Identity, owner?: Owner): Rights {
    const grants = this.#grants === undefined ? undefined : this.#of(identity);
    const acting = grants?.filter((grant) => (owner === undefined ? grant.Owners !== undefined : isFor(grant, owner)));
    const operates = grants?.some(({ Operator }) => Operator) ?? false;
    return {
      any: acting === undefined || acting.length > 0 || operates,
      changes: acting === undefined || acting.length > 0,
      allOwners: acting === undefined || acting.some(isForAll),
      seesAllOwners: acting === undefined || operates || acting.some(isForAll),
      hasPool: (name) => acting === undefined || operates || acting.some((grant) => reachesPool(grant, name)),
      hasStream: (verb) =>
        !this.#denied.some(({ Pools, Streams }) => Pools === undefined && Streams.includes(verb)) &&
        (acting === undefined || acting.some(({ DenyStreams = [] }) => !DenyStreams.includes(verb))),
    };
  }

  #of({ name, groups }: Identity): Grant[] {
    return (this.#grants ?? []).filter(
      ({ Identities = [], Groups = [] }) => Identities.includes(name) || Groups.some((group) => groups.includes(group)),
    );
  }

  /** What has no pool, or one that is not known here, may be in any. */
  #isDenied(verb: StreamVerb, pool: string | undefined): boolean {
    return this.#denied.some(
      ({ Pools, Streams }) =>
        Streams.includes(verb) &&
        (Pools === undefined || pool === undefined || Pools.some((pattern) => matchesPattern(pattern, pool))),
    );
  }
}

function isFor({ Owners = [] }: Grant, owner: Owner): boolean {
  return Owners.some((pattern) => matchesOwner(pattern, owner));
}

function isForAll({ Owners = [], Pools, DenyStreams = [] }: Grant): boolean {
  return Owners.some((pattern) => /^\*(\/\*)?$/.test(pattern)) && Pools === undefined && DenyStreams.length === 0;
}

function reachesPool({ Pools }: Grant, pool: string | undefined): boolean {
  return Pools === undefined || (pool !== undefined && Pools.some((pattern) => matchesPattern(pattern, pool)));
}

function problemsOf({ Identities, Groups, Owners, Pools, DenyStreams, Operator }: Grant): string[] {
  const problems: string[] = [];
  if (Identities === undefined && Groups === undefined) problems.push('is for nobody: Identities or Groups is wanted');
  if (Owners === undefined && Operator !== true) problems.push('grants nothing: Owners, or Operator: true, is wanted');
  if (Owners === undefined && (Pools ?? DenyStreams) !== undefined)
    problems.push('has Pools or DenyStreams without Owners: they are about pods that one may act for');
  return problems;
}
