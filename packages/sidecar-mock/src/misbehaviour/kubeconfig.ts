import { InterLinkError, ownerKey } from '@interlink/sidecar-sdk';
import { before, route } from './hooks.ts';
import { changed, inServer, type Misbehaviour } from './misbehaviour.ts';

export const kubeconfigMisbehaviours: ReadonlyArray<Misbehaviour> = [
  {
    name: 'kubeconfig-once-only',
    summary: 'A kubeconfig that replaces another is answered with 409.',
    caughtBy: ['kubeconfig-is-replaced'],
    begin: () => {
      const given = new Set<string>();
      return {
        backend: (backend) =>
          changed(backend, {
            kubeconfig: async (owner, path) => {
              if (path === undefined) return;
              if (given.has(ownerKey(owner))) throw new InterLinkError('aborted', 'There is a kubeconfig already');
              given.add(ownerKey(owner));
            },
          }),
      };
    },
  },
  {
    name: 'takes-expired-kubeconfig',
    summary: 'A kubeconfig whose token has ended is answered with 204.',
    caughtBy: ['kubeconfig-refuses-expired'],
    begin: inServer((app) =>
      before(app, route.putKubeconfig, ({ body }, reply) => {
        const { expiresAt = '' } = body as { expiresAt?: string };
        if (Date.parse(expiresAt) < Date.now()) void reply.code(204).send();
      }),
    ),
  },
  {
    name: 'takes-any-kubeconfig',
    summary: 'A kubeconfig that does not say when it ends is answered with 204.',
    caughtBy: ['kubeconfig-refuses-other-bodies'],
    begin: inServer((app) =>
      before(app, route.putKubeconfig, ({ body }, reply) => {
        if ((body as { expiresAt?: string }).expiresAt === undefined) void reply.code(204).send();
      }),
    ),
  },
  {
    name: 'kubeconfig-of-nobody-404',
    summary: 'The end of a kubeconfig that is not there is answered with 404.',
    caughtBy: ['kubeconfig-ends-twice'],
    begin: () => {
      const given = new Set<string>();
      return {
        backend: (backend) =>
          changed(backend, {
            kubeconfig: async (owner, path) => {
              if (path !== undefined) given.add(ownerKey(owner));
              else if (!given.delete(ownerKey(owner))) throw new InterLinkError('not_found', 'There is no kubeconfig');
            },
          }),
      };
    },
  },
];
