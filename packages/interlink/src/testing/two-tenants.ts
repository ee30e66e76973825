import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HttpTarget } from '@interlink/protocol';
import { onTestFinished } from 'vitest';
import { startInterLink } from './running-interlink.ts';

/** Callers, each with a token of its own. */
const names = ['alice', 'bob', 'operator', 'stranger'] as const;
export type Tenant = (typeof names)[number];

const grants = `Policy:
  Grants:
    - Identities: [token:alice]
      Owners: [c1/n1, v1/n1]
    - Groups: [team-b]
      Owners: [c1/n2, v1/n2]
      DenyStreams: [attach]
    - Identities: [token:operator]
      Operator: true
`;

export interface Tenants {
  /** A client of InterLink that shows this caller's token. */
  readonly as: Readonly<Record<Tenant, HttpTarget>>;
  readonly url: string;
  /** The file in which InterLink has this caller's token. */
  tokenFileOf(name: Tenant): string;
}

/** InterLink on TCP for alice, who has node n1, bob of team-b, who has n2, an operator, and a stranger who is granted nothing. */
export async function startForTenants(sidecarPort: number, policy = grants): Promise<Tenants> {
  const folder = await mkdtemp(join(tmpdir(), 'interlink-tenants-'));
  onTestFinished(async () => await rm(folder, { recursive: true }));
  const fileOf = (name: string) => join(folder, name);
  await writeFile(fileOf('account'), 'the-account-token');
  await Promise.all(names.map(async (name) => await writeFile(fileOf(name), `the-token-of-${name}`)));
  const tokens = names.map(
    (name) => `    - { Name: ${name}, File: ${fileOf(name)}${name === 'bob' ? ', Groups: [team-b]' : ''} }`,
  );
  const auth = `Auth:\n  TokenFile: ${fileOf('account')}\n  Tokens:\n${tokens.join('\n')}\n`;
  await writeFile(fileOf('config.yaml'), `${auth}${policy}`);
  const { url } = await startInterLink(sidecarPort, {
    isTcp: true,
    env: { INTERLINKCONFIGPATH: fileOf('config.yaml') },
  });
  const clientOf = (name: Tenant) => {
    const target = new HttpTarget({ url, token: async () => `the-token-of-${name}` });
    onTestFinished(async () => await target.close());
    return target;
  };
  const [alice, bob, operator, stranger] = [
    clientOf('alice'),
    clientOf('bob'),
    clientOf('operator'),
    clientOf('stranger'),
  ];
  return { as: { alice, bob, operator, stranger }, url, tokenFileOf: fileOf };
}
