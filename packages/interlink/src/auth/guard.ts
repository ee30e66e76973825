import { epochHeader, InterLinkError, type Owner } from '@interlink/protocol';
import { type Access, identityOf, type Policy } from '@interlink/service-kit';
import type { FastifyRequest } from 'fastify';
import type { Audit } from './audit.ts';
import { visibleCapabilities } from './visible-capabilities.ts';

/** Asks the policy about requests, and has its answers written down. */
export class Guard {
  readonly #policy: Policy;
  readonly #audit: Audit;

  constructor(policy: Policy, audit: Audit) {
    this.#policy = policy;
    this.#audit = audit;
  }

  /** True when everybody sees all capabilities. */
  get isOpen(): boolean {
    return this.#policy.isOpen;
  }

  /** @throws InterLinkError `permission_denied`, the same whether what is asked for exists or not */
  authorise(request: FastifyRequest, access: Access): void {
    const identity = identityOf(request);
    const denial = this.#policy.decide(identity, access);
    this.#audit.record({ identity, access, denial, requestId: request.id });
    if (denial !== undefined) throw new InterLinkError('permission_denied', denial.message, { reason: denial.reason });
  }

  /** As {@link Guard.authorise}; the epoch of somebody who may change nothing there is none: it would end the turn of who may. */
  authoriseTurn(request: FastifyRequest, access: Access): void {
    this.authorise(request, access);
    if (!this.#policy.rightsOf(identityOf(request), access.owner).changes) delete request.headers[epochHeader];
  }

  /** The first of these that its sender may ask for; else one of them is written down as denied. */
  firstAllowed(request: FastifyRequest, candidates: ReadonlyArray<Access>): Access | undefined {
    const identity = identityOf(request);
    const allowed = candidates.find((access) => this.#policy.decide(identity, access) === undefined);
    const access = allowed ?? candidates[0];
    if (access === undefined) return undefined;
    const denial = this.#policy.decide(identity, access);
    this.#audit.record({ identity, access, denial, requestId: request.id });
    return allowed;
  }

  /** @throws InterLinkError `permission_denied` for somebody who is granted nothing at all */
  assertAnything(request: FastifyRequest): void {
    const identity = identityOf(request);
    const message = `${identity.name} is granted nothing here`;
    const denial = this.#policy.rightsOf(identity).any
      ? undefined
      : ({ reason: 'owner_not_granted', message } as const);
    this.#audit.record({ identity, access: { verb: 'capabilities' }, denial, requestId: request.id });
    if (denial !== undefined) throw new InterLinkError('permission_denied', denial.message, { reason: denial.reason });
  }

  /** Whether its sender may see an owner's pods. What a page leaves out for that is no denial, and is not written down. */
  seesPodsOf(request: FastifyRequest, access: Pick<Access, 'owner' | 'pool'>): boolean {
    return this.#policy.decide(identityOf(request), { ...access, verb: 'list' }) === undefined;
  }

  /** Whether its sender may look at what every owner has. */
  seesAllOwners(request: FastifyRequest): boolean {
    return this.#policy.rightsOf(identityOf(request)).seesAllOwners;
  }

  /** What the sender may know of capabilities. @param owner undefined: of the whole site */
  visible(request: FastifyRequest, capabilities: unknown, owner?: Owner): unknown {
    return visibleCapabilities(capabilities, this.#policy.rightsOf(identityOf(request), owner));
  }
}
