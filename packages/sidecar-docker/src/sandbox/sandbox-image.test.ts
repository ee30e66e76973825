import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { connect } from '../engine/connect.ts';
import { Engine } from '../engine/engine.ts';
import { renderLabels } from '../identity/labels.ts';
import { type Answers, listenAsEngine } from '../testing/listening-engine.ts';
import { policyWith } from '../testing/site-policy.ts';
import { ensureSandbox } from './ensure-sandbox.ts';
import { planSandbox } from './sandbox-plan.ts';

const sandboxImage = 'registry.example:5000/pause:3.10';
const spec = { containers: [] };
const pod = { uid: '00000000-0000-4000-8000-000000000001', namespace: 'ns', name: 'p', generation: 1, spec };
const labels = { owner: { cluster: 'c', node: 'n' }, ...pod };
let root = '';

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'interlink-sandbox-'));
});
afterEach(async () => await rm(root, { recursive: true }));

const own = {
  kind: 'sandbox',
  container: '',
  position: -1,
  attempt: 0,
  failuresBefore: 0,
  image: '',
  imageId: '',
} as const;
const inspected = {
  ...{ Id: 'made', Created: '2027-01-01T00:00:00Z', NetworkSettings: { Networks: {} } },
  HostConfig: { RestartPolicy: { Name: 'always' } },
  State: { Status: 'created', ExitCode: 0, OOMKilled: false, Error: '', StartedAt: '', FinishedAt: '' },
  Config: { Labels: renderLabels(labels, own) },
};

/** An engine without images, on a site with `Docker.SandboxImage`, that pulls so. */
async function ensure(pull: () => readonly [number, object]) {
  let isThere = false;
  const answers: Answers = {
    'POST /containers/create': () =>
      isThere ? [201, { Id: 'made' }] : [404, { message: `No such image: ${sandboxImage}` }],
    'POST /images/create': () => {
      isThere = true;
      return pull();
    },
    'GET /containers/made/json': [200, inspected],
  };
  const { host, asked } = await listenAsEngine(answers);
  const plan = await planSandbox(spec, pod, { root, policy: policyWith({ sandboxImage }) });
  const sandbox = ensureSandbox(new Engine(await connect({ DOCKER_HOST: host })), spec, labels, {
    ...plan,
    needsVolumes: false,
  });
  return { sandbox, asked };
}

test('ensureSandbox() pulls the image of Docker.SandboxImage when the engine lacks it', async () => {
  const { sandbox, asked } = await ensure(() => [200, { status: 'Pull complete' }]);
  expect(await sandbox).toMatchObject({ isNew: true, container: { id: 'made' } });
  expect(asked.map(({ call }) => call)).toEqual([
    'POST /containers/create',
    'POST /images/create',
    'POST /containers/create',
    'GET /containers/made/json',
  ]);
  const [create, pull] = asked;
  expect(create?.body).toMatchObject({ Image: sandboxImage });
  expect(Object.fromEntries(new URLSearchParams(pull?.query))).toEqual({
    fromImage: 'registry.example:5000/pause',
    tag: '3.10',
  });
});

test.each<[string, () => readonly [number, object], string]>([
  ['while it pulls', () => [200, { error: 'manifest unknown' }], 'manifest unknown'],
  ['at once', () => [500, { message: 'no route to host' }], 'no route to host'],
])('ensureSandbox() passes on why the engine can’t have the image, as it says %s', async (_, pull, why) => {
  const { sandbox } = await ensure(pull);
  await expect(sandbox).rejects.toThrow(why);
  // Nothing of a pod that is not there.
  expect(await readdir(root)).toEqual([]);
});

test('ensureSandbox() names the setting in what is wrong with the pull', async () => {
  const { sandbox } = await ensure(() => [200, { error: 'manifest unknown' }]);
  const message = `Cannot pull the sandbox image ${sandboxImage} (Docker.SandboxImage): manifest unknown`;
  await expect(sandbox).rejects.toMatchObject({ code: 'unavailable', message });
});
