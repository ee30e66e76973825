import { InterLinkError } from '@interlink/sidecar-sdk';
import { rewriteJson, route } from './hooks.ts';
import { inBackend, inServer, type Misbehaviour } from './misbehaviour.ts';
import { volumeChecksByLog } from './volumes.ts';

/** What is announced and not so. */
export const capabilityMisbehaviours: ReadonlyArray<Misbehaviour> = [
  {
    name: 'malformed-capabilities',
    summary: 'The capabilities of an owner do not say whether the backend queues.',
    caughtBy: ['capabilities-fit-schema'],
    begin: inServer((app) => rewriteJson(app, route.ownerCapabilities, ({ queues: _, ...rest }) => rest)),
  },
  {
    name: 'announces-too-little',
    summary: 'delete is not among the announced verbs.',
    caughtBy: ['capabilities-announce-basics'],
    begin: inBackend((backend) => ({
      capabilities: async () => {
        const { verbs, ...rest } = await backend.capabilities();
        return { ...rest, verbs: verbs.filter((verb) => verb !== 'delete') };
      },
    })),
  },
  {
    name: 'announces-no-watch',
    summary: 'watch is not among the announced verbs.',
    caughtBy: ['capabilities-announce-basics'],
    begin: inServer((app) => {
      for (const asked of [route.capabilities, route.ownerCapabilities])
        rewriteJson(app, asked, ({ verbs, ...rest }) => ({
          ...rest,
          verbs: (verbs as string[]).filter((verb) => verb !== 'watch'),
        }));
    }),
  },
  {
    name: 'pool-without-capacity',
    summary: 'The pool does not say how much there is.',
    caughtBy: ['capabilities-announce-pools'],
    begin: inBackend((backend) => ({
      capabilities: async () => ({ ...(await backend.capabilities()), pools: [{ name: 'empty', capacity: {} }] }),
    })),
  },
  {
    name: 'announces-log-in-vain',
    summary: 'log is announced, and the log of a running container is unimplemented unless it is followed.',
    caughtBy: ['capabilities-keep-log', 'delete-waits-for-grace', ...volumeChecksByLog],
    begin: inBackend((backend) => ({
      logs: async (pod, container, options, signal) => {
        const found = (await backend.list()).find(({ report }) => report.uid === pod.uid);
        const isRunning = found?.report.status.containerStatuses[0]?.state.running !== undefined;
        if (isRunning && options.follow !== true) throw new InterLinkError('unimplemented', 'No logs yet');
        return await backend.logs(pod, container, options, signal);
      },
    })),
  },
  {
    name: 'claims-to-be-durable',
    summary: 'durable is announced, and a restart forgets every pod.',
    caughtBy: ['restart-keeps-pods'],
    begin: inBackend((backend) => ({
      capabilities: async () => ({ ...(await backend.capabilities()), durable: true }),
    })),
  },
  {
    name: 'refuses-announced-volumes',
    summary: 'Secrets are among the announced volume types, and pods with one are refused.',
    caughtBy: ['create-takes-announced-volumes'],
    begin: inBackend((backend) => ({
      create: async (request, owner) => {
        if (request.pod.spec.volumes?.some(({ secret }) => secret !== undefined) === true) {
          throw new InterLinkError('failed_precondition', 'No secrets here');
        }
        return await backend.create(request, owner);
      },
    })),
  },
];
