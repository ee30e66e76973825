import { expect, test } from 'vitest';
import { parseRoutes } from './parse-routes.ts';

test('parseRoutes() reads a table, and takes the rest from the defaults', () => {
  const files = { CACertFile: '/etc/ca.pem', CertFile: '/etc/cert.pem', KeyFile: '/etc/key.pem' };
  const [docker, slurm] = parseRoutes(
    [
      { Name: 'docker', URL: 'http://127.0.0.1:4000' },
      {
        ...{ Name: 'slurm', URL: 'https://login.example:4001', Nodes: ['gpu', 'c1/batch-*'], Pool: 'a100' },
        ...{ TokenFile: '/etc/token', ...files, CreatePayload: 'list', SettleSeconds: 30 },
      },
    ],
    120,
  );
  expect(docker).toMatchObject({
    ...{ name: 'docker', url: 'http://127.0.0.1:4000', nodes: [{ text: '*' }], pool: undefined, tokenFile: undefined },
    v1: { createPayload: 'object', settleMs: 120_000 },
  });
  expect(slurm).toMatchObject({
    ...{ name: 'slurm', nodes: [{ text: 'gpu' }, { text: 'c1/batch-*' }], pool: 'a100', tokenFile: '/etc/token' },
    tls: { place: 'Sidecars[1]', caCertFile: '/etc/ca.pem', certFile: '/etc/cert.pem', keyFile: '/etc/key.pem' },
    v1: { createPayload: 'list', settleMs: 30_000 },
  });
});

test.each([
  ['two of one name', [{ Name: 'a' }, { Name: 'a', Nodes: ['x'] }], 'Sidecars has two sidecars named a'],
  [
    'one node in two rows',
    [
      { Name: 'a', Nodes: ['x'] },
      { Name: 'b', Nodes: ['x'] },
    ],
    '"x" twice, the second time for b',
  ],
  ['two rows for all nodes', [{ Name: 'a' }, { Name: 'b' }], '"*" twice, the second time for b'],
  ['nobody', [], 'Sidecars is empty'],
])('parseRoutes() refuses a table of %s', (_, rows, message) => {
  expect(() =>
    parseRoutes(
      rows.map((row) => ({ ...row, URL: 'http://h:1' })),
      0,
    ),
  ).toThrow(message);
});
