import { expect, test } from 'vitest';
import type { GivenAnswers } from './answers.ts';
import { checkAnswers } from './check-answers.ts';

const edge = { type: 'edge', backend: 'slurm', host: 'site.example', auth: 'token' } as const;
const oidc = { ...edge, auth: 'oidc', issuer: 'https://i.example', clientId: 'vk', clientSecretFile: '/s' } as const;

test.each<[GivenAnswers, ReadonlyArray<string>]>([
  [{}, ['--type is missing', '--backend is missing']],
  [{ type: 'edge', backend: 'slurm' }, ['--host is missing', '--auth is missing']],
  [{ ...edge, host: 'https://a' }, ['--host is "https://a"']],
  [{ ...edge, port: Number.NaN }, ['--port is NaN']],
  [{ ...edge, node: 'My_Node' }, ['--node is "My_Node"']],
  [{ ...edge, issuer: 'https://i.example' }, ['--issuer has no effect with --auth token']],
  [{ type: 'tunnel', backend: 'slurm', auth: 'token' }, ['--auth has no effect with --type tunnel']],
  [
    { ...edge, auth: 'oidc' },
    ['--issuer is missing', '--client-id is missing', 'one of --client-secret-file, --refresh-token-file and --login'],
  ],
  [{ ...oidc, issuer: 'http://i.example' }, ['--issuer is "http://i.example"']],
  [{ ...oidc, issuer: 'https://user:pass@i.example' }, ['--issuer is']],
  [{ ...oidc, refreshTokenFile: '/r' }, ['one of --client-secret-file, --refresh-token-file and --login']],
  [{ ...edge, siteFolder: '/a', clusterFolder: '/a/../a' }, ['are both /a']],
  [{ ...edge, siteFolder: `/${'a'.repeat(100)}` }, ['a socket’s path may have 107']],
])('checkAnswers() refuses %j', (given, problems) => {
  const refused = (): unknown => checkAnswers(given);
  for (const problem of problems) expect(refused).toThrow(problem);
});

test('checkAnswers() takes what is whole, with its defaults', () => {
  expect(checkAnswers({ ...oidc, siteFolder: '/a', clusterFolder: '/b' })).toEqual({
    ...{ backend: 'slurm', node: 'virtual-kubelet', siteFolder: '/a', clusterFolder: '/b' },
    site: {
      ...{ type: 'edge', host: 'site.example', port: 3000 },
      authentication: {
        ...{ kind: 'oidc', issuer: 'https://i.example', clientId: 'vk', audience: 'interlink', group: undefined },
        source: { kind: 'client-secret', file: '/s' },
      },
    },
  });
});
