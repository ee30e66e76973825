import type { ResolvedVolume } from '@interlink/sidecar-sdk';
import { InterLinkError } from '@interlink/sidecar-sdk';
import { before, isFor, paramsOf, rewriteProblem, route } from './hooks.ts';
import { changed, inBackend, inServer, type Misbehaviour } from './misbehaviour.ts';
import { actAsOwner } from './owners.ts';

const volumesOf = (body: unknown) => (body as { volumes: ResolvedVolume[] }).volumes;
const leadsOut = ({ name, files }: ResolvedVolume) =>
  name.includes('..') || files.some(({ path }) => path === '' || path.startsWith('/') || path.includes('..'));

/** Checks that see what a volume holds by what a container prints of it: they fail where logs do. */
export const volumeChecksByLog = [
  'volumes-update-reaches-pod',
  'volumes-update-removes-files',
  'volumes-update-leaves-others',
  'volumes-update-twice-is-one',
  'volumes-update-of-unknown-volume',
  'volumes-update-refuses-bad-paths',
  'volumes-update-apart',
];

/** What goes wrong when the files of a running pod change. */
export const volumeMisbehaviours: ReadonlyArray<Misbehaviour> = [
  {
    name: 'ignores-volume-updates',
    summary: 'An update of volumes is answered with 204, and nothing happens unless it is sent again.',
    caughtBy: ['volumes-update-reaches-pod', 'volumes-update-removes-files'],
    begin: () => {
      const seen = new Set<string>();
      return {
        backend: (backend) =>
          changed(backend, {
            updateVolumes: async (pod, volumes) => {
              const isKnown = volumes.every(({ name }) => name !== 'none');
              if (isKnown && !seen.has(pod.uid)) seen.add(pod.uid);
              else await backend.updateVolumes?.(pod, volumes);
            },
          }),
      };
    },
  },
  {
    name: 'keeps-removed-files',
    summary: 'A file that an update of its volume does not list stays.',
    caughtBy: ['volumes-update-removes-files'],
    begin: inBackend((backend) => ({
      updateVolumes: async (pod, volumes) => {
        const replacing = volumes.filter(
          ({ name, files }) => name !== 'files' || files.some(({ path }) => path === 'key'),
        );
        await backend.updateVolumes?.(pod, replacing);
      },
    })),
  },
  {
    name: 'empties-other-volumes',
    summary: 'The volumes that an update does not name lose their files.',
    caughtBy: ['volumes-update-leaves-others'],
    begin: inBackend((backend) => ({
      updateVolumes: async (pod, volumes) => {
        await backend.updateVolumes?.(pod, volumes);
        if (volumes.every(({ name }) => name === 'others')) {
          await backend.updateVolumes?.(pod, [{ name: 'files', files: [] }]);
        }
      },
    })),
  },
  {
    name: 'second-update-409',
    summary: 'An update of volumes that is sent again is answered with 409.',
    caughtBy: ['volumes-update-twice-is-one'],
    begin: () => {
      const done = new Set<string>();
      return {
        backend: (backend) =>
          changed(backend, {
            updateVolumes: async (pod, volumes) => {
              if (done.has(pod.uid)) throw new InterLinkError('aborted', 'These files are there already');
              await backend.updateVolumes?.(pod, volumes);
              done.add(pod.uid);
            },
          }),
      };
    },
  },
  {
    name: 'ok-for-unknown-update',
    summary: 'The update of a pod that was never here is answered with 204.',
    caughtBy: ['volumes-update-of-unknown-pod'],
    begin: () => ({
      server: (app) => {
        const known = new Set<string>();
        before(app, route.create, (request) => void known.add(paramsOf(request).uid));
        before(app, route.volumes, (request, reply) => {
          if (!known.has(paramsOf(request).uid)) void reply.code(204).send();
        });
      },
    }),
  },
  {
    name: 'takes-unknown-volume',
    summary: 'The update of a volume that the pod lacks is answered with 204.',
    caughtBy: ['volumes-update-of-unknown-volume'],
    begin: inServer((app) =>
      rewriteProblem(app, (problem, request, reply) => {
        if (isFor(request, route.volumes) && problem.detail.includes('no volume of files')) reply.code(204);
        return problem;
      }),
    ),
  },
  {
    name: 'takes-bad-volume-paths',
    summary: 'Updates with paths that lead out of the volume are answered with 204.',
    caughtBy: ['volumes-update-refuses-bad-paths'],
    begin: inServer((app) =>
      before(app, route.volumes, (request, reply) => {
        if (volumesOf(request.body).some(leadsOut)) void reply.code(204).send();
      }),
    ),
  },
  {
    name: 'owner-leak-volumes',
    summary: 'The volumes of a pod are updated by any owner that knows the UID.',
    caughtBy: ['volumes-update-apart'],
    begin: () => ({ server: (app) => actAsOwner(app, route.volumes) }),
  },
];
