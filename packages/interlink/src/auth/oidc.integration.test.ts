import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HttpTarget } from '@interlink/protocol';
import { expect, onTestFinished, test } from 'vitest';
import { TestIssuer } from '../../../../test/testbed/oidc/test-issuer.ts';
import { runInterLink } from '../run-interlink.ts';
import { startInterLink } from '../testing/running-interlink.ts';
import { startScriptedSidecar, v2Capabilities } from '../testing/scripted-sidecar.ts';

const clients = [
  { id: 'vk', secret: 'secret-of-vk', groups: ['kubelets', 'team-a'] },
  { id: 'guest', secret: 'secret-of-guest', groups: ['guests'] },
];

/** A configuration with the account's token. @returns its path */
async function configure(auth: string, policy = ''): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'interlink-oidc-'));
  onTestFinished(async () => await rm(folder, { recursive: true }));
  const [token, config] = [join(folder, 'token'), join(folder, 'config.yaml')];
  await writeFile(token, 'the-account-token');
  await writeFile(config, `Auth:\n  TokenFile: ${token}\n${auth.replaceAll('FOLDER', folder)}\n${policy}`);
  return config;
}

async function start() {
  const issuer = await TestIssuer.start({ clients });
  onTestFinished(async () => await issuer.stop());
  const auth = `  OIDC: { Issuer: "${issuer.url}", Audience: [interlink], RequiredGroups: [kubelets] }`;
  const policy = `Policy:
  Grants:
    - { Groups: [team-a], Owners: [c1/n1] }
    - { Identities: [account], Owners: ['*'] }
`;
  const sidecar = await startScriptedSidecar(({ url }) => ({ body: url === '/v2/capabilities' ? v2Capabilities : {} }));
  const env = { INTERLINKCONFIGPATH: await configure(auth, policy) };
  const { url, target } = await startInterLink(sidecar.port, { isTcp: true, env });
  const ask = async (token: string | undefined, node = 'n1') => {
    const client = new HttpTarget({ url, token: async () => token });
    onTestFinished(async () => await client.close());
    const { statusCode, headers, body } = await client.send({
      method: 'GET',
      path: `/v2/clusters/c1/nodes/${node}/pods`,
    });
    const { detail } = (await body.json()) as { detail?: string };
    return [statusCode, headers['www-authenticate'], detail];
  };
  return { issuer, ask, target };
}

test('InterLink lets in who has a good token of the issuer, for what its groups are granted', async () => {
  const { issuer, ask } = await start();
  const good = await issuer.token('vk');
  expect((await ask(good))[0]).toBe(200);
  expect(await ask(good, 'n2')).toEqual([403, undefined, 'oidc:vk may not act for c1/n2']);
  expect((await ask('the-account-token', 'n2'))[0]).toBe(200);
  const guest = await ask(await issuer.token('guest'));
  expect(guest).toEqual([403, undefined, 'oidc:guest is in none of the groups that may call']);
});

test('InterLink tells with 401 what is wrong with a token, and with 503 that nobody can tell', async () => {
  const { issuer, ask } = await start();
  const refused = (why: string) => [401, `Bearer error="invalid_token", error_description="${why}"`, why];
  expect((await ask(undefined)).slice(0, 2)).toEqual([401, 'Bearer']);
  expect(await ask('a-guess')).toEqual(refused('The bearer token is not the right one'));
  const other = await ask(await issuer.token('vk', 'else'));
  expect(other).toEqual(refused('The token is not taken: its aud is not the one that is wanted'));
  const expired = await ask(await issuer.sign({ exp: 1 }));
  expect(expired).toEqual(refused('The token is not taken: it has expired'));

  const unknown = await start();
  await unknown.issuer.stop();
  const [status, , detail] = await unknown.ask(await unknown.issuer.token('vk'));
  expect([status, detail]).toEqual([503, `The issuer of tokens ${unknown.issuer.url} can't be asked for its keys now`]);
  expect((await unknown.ask('the-account-token'))[0]).toBe(200);
});

test.each([
  ['  OIDC: { Issuer: "http://example.org", Audience: a }', 'http://example.org/ is not at https://'],
  ['  OIDC: { Issuer: example.org, Audience: a }', 'Auth.OIDC.Issuer in '],
  ['  OIDC: { Issuer: "https://example.org" }', ' lacks Audience'],
  ['  OIDC: { Issuer: "https://example.org", Audience: a, Algorithms: [HS256] }', 'Auth.OIDC.Algorithms[0] in '],
  ['  OIDC: { Issuer: "https://example.org", Audience: a, RequireGroups: [a] }', 'did you mean RequiredGroups?'],
  ['  Tokens: [{ Name: a, File: FOLDER/none }]', 'Cannot read the token file '],
  ['  Tokens: [{ Name: a, File: FOLDER/token }, { Name: a, File: FOLDER/token }]', 'two tokens of the name "a"'],
  ['  Tokens: [{ Name: "a/b", File: FOLDER/token }]', 'Auth.Tokens[0].Name in '],
  ['  TrustProxy: perhaps', 'Auth.TrustProxy in '],
  ['Policy: { Grants: [{ Identities: [a], Owners: [n1] }] }', 'Policy.Grants[0].Owners[0] in '],
  ['Policy: { Grants: [{ Owners: [c1/n1] }] }', 'Policy.Grants[0] is for nobody: Identities or Groups is wanted'],
  ['Policy: { DenyStreams: [{ Streams: [ssh] }] }', 'is "ssh": one of exec, attach, portforward is wanted'],
])('InterLink does not start with %j, and says why', async (text, problem) => {
  const config = await configure(text);
  const starting = runInterLink(new AbortController().signal, { INTERLINKCONFIGPATH: config, LOGLEVEL: 'error' });
  await expect(starting).rejects.toThrow(problem);
});
