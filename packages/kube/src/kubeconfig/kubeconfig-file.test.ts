import { expect, test } from 'vitest';
import { parseKubeconfig } from './kubeconfig-file.ts';

const withUser = (user: object) => JSON.stringify({ users: [{ name: 'a', user }] });

test.each([
  ['clusters:\n- name: a\n  cluster: { server: 1 }', 'clusters[0] has a wrong server, which has to be a text'],
  [withUser({ token: { hunter2: 1 } }), 'users[0] has a wrong token, which has to be a text'],
  [withUser({ tokenFile: 5 }), 'users[0] has a wrong tokenFile, which has to be a text'],
  [withUser({ 'as-groups': 'hunter2' }), 'as-groups, which has to be a list of texts'],
  [withUser({ 'as-user-extra': { a: 'hunter2' } }), 'as-user-extra.a, which has to be a list of texts'],
  [withUser({ exec: { command: ['hunter2'] } }), 'exec.command, which has to be a text'],
  [withUser({ exec: { command: 'x', env: [{ name: 'hunter2' }] } }), 'exec.env, whose variables'],
  [withUser({ 'auth-provider': { name: 'oidc', config: { a: 1 } } }), 'auth-provider.config, which has to be'],
  [JSON.stringify({ contexts: [{ name: 'a', context: { user: [] } }] }), 'contexts[0] has a wrong user'],
  ['users: *hunter2', 'has aliases that lead nowhere'],
  ['hunter2: "'.repeat(50_000), 'nests too deep'],
])('parseKubeconfig() names what is wrong with %j, and quotes nothing', (text, message) => {
  expect(() => parseKubeconfig(text, '/k')).toThrow(message);
  expect(() => parseKubeconfig(text, '/k')).toThrow('Cannot read kubeconfig "/k": ');
  expect(() => parseKubeconfig(text, '/k')).not.toThrow('hunter2');
});

test('parseKubeconfig() takes fields that are null for absent ones', () => {
  const { users } = parseKubeconfig(withUser({ token: null, exec: { command: 'x', args: null, env: null } }), '/k');
  expect(users.get('a')?.exec?.command).toBe('x');
});
