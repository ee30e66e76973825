import { expect, test } from 'vitest';
import { closedPort, kubeconfigFor, serveOnLoopback } from '../testing/loopback-server.ts';
import { inLines, runCheck } from '../testing/run-check.ts';
import { kubernetesApi } from './kubernetes-api.ts';

const refusal = (code: number, reason: string) => ({
  status: code,
  body: { kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason, message: reason },
});

const look = async (port: number) =>
  await runCheck(kubernetesApi, { side: 'cluster', config: {}, kubeconfig: kubeconfigFor(port) });

test('kubernetes-api is ok with its version, and whom it knows this account as', async () => {
  const { port } = await serveOnLoopback((path) =>
    path === '/version'
      ? { body: { gitVersion: 'v1.36.3' } }
      : { body: { status: { userInfo: { username: 'system:serviceaccount:interlink:virtual-kubelet' } } } },
  );
  expect(inLines(await look(port))).toEqual([
    expect.stringMatching(/ answers: Kubernetes v1\.36\.3, as system:serviceaccount:interlink:virtual-kubelet \(/),
  ]);
});

test('kubernetes-api is ok where the API has no self subject reviews', async () => {
  const { port } = await serveOnLoopback((path) =>
    path === '/version' ? { body: { gitVersion: 'v1.26.0' } } : refusal(404, 'NotFound'),
  );
  expect(inLines(await look(port))).toEqual([expect.stringMatching(/^ok: .*as an account that it does not tell/)]);
});

test('kubernetes-api fails when the account is not let in, and shows no token', async () => {
  const { port } = await serveOnLoopback((path) =>
    path === '/version' ? { body: { gitVersion: 'v1.36.3' } } : refusal(401, 'Unauthorized'),
  );
  const findings = await look(port);
  expect(findings).toMatchObject([{ outcome: 'problem', fix: expect.stringContaining('a new kubeconfig') }]);
  expect(JSON.stringify(findings)).not.toContain('the-kubernetes-token');
});

test('kubernetes-api fails when nobody listens, and without a kubeconfig', async () => {
  const port = await closedPort();
  expect(inLines(await look(port))).toEqual([
    expect.stringContaining(`http://127.0.0.1:${port}: connect ECONNREFUSED`),
  ]);
  expect(inLines(await runCheck(kubernetesApi, { side: 'cluster', config: {} }))).toEqual([
    expect.stringMatching(/^problem: Cannot find the Kubernetes API: no kubeconfig was given/),
  ]);
});
