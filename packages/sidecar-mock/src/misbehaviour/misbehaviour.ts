import type { Backend } from '@interlink/sidecar-sdk';
import type { FastifyInstance } from 'fastify';

/** One way to be wrong on purpose, so that the conformance suite can be shown to notice. */
export interface Misbehaviour {
  /** Stable, kebab-case: what `MOCK_MISBEHAVE` holds. */
  readonly name: string;
  /** What goes wrong, one sentence. */
  readonly summary: string;
  /** The checks of the conformance suite that fail for it; no other does. */
  readonly caughtBy: ReadonlyArray<string>;
  /** A fresh start: what it remembers is its own. */
  readonly begin: () => Mischief;
}

/** Where it goes wrong: any of the layers. */
export interface Mischief {
  /** Behind the SDK. */
  readonly backend?: (backend: Backend) => Backend;
  /** In what is read and answered over HTTP: hooks, added before the server listens. */
  readonly server?: (app: FastifyInstance) => unknown;
  /** Calls that are let in without a look at their token. */
  readonly isOpen?: (path: string, authorization: string | undefined) => boolean;
}

/** For those that only hook into the server and remember nothing. */
export function inServer(server: (app: FastifyInstance) => unknown): () => Mischief {
  return () => ({ server });
}

/** For those that only stand before the backend and remember nothing. */
export function inBackend(change: (backend: Backend) => Partial<Backend>): () => Mischief {
  return () => ({ backend: (backend) => changed(backend, change(backend)) });
}

/** A backend with some methods replaced; whatever else it can do, it still does. */
export function changed(backend: Backend, changes: Partial<Backend>): Backend {
  return new Proxy(backend, {
    get: (target, key) => {
      if (Object.hasOwn(changes, key)) return changes[key as keyof Backend];
      const member: unknown = Reflect.get(target, key, target);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
}
