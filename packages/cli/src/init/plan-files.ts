import { join } from 'node:path';
import { stringify } from 'yaml';
import type { EdgeAuthentication, InitAnswers } from './answers.ts';

/** A secret, or what belongs to one: by its name, what it is made of. */
export type Credential = 'token' | 'server.crt' | 'server.key' | 'client.crt' | 'client.key' | 'callers.crt' | 'source';

export interface InitPlan {
  /** Path to text. */
  readonly configurations: ReadonlyMap<string, string>;
  /** Path to what is in it. They fit each other, so that either all are there or none. */
  readonly credentials: ReadonlyMap<string, Credential>;
  /** Only this account enters them. */
  readonly folders: ReadonlyArray<string>;
}

/** A refresh token that outlives the browser's session. */
export const sessionScope = 'openid offline_access';

export const configurationName = 'InterLinkConfig.yaml';

/** Which files there are to be. The addresses and keys are those of docs/guides. */
export function planFiles(answers: InitAnswers): InitPlan {
  const { siteFolder, clusterFolder, site } = answers;
  const credentials = site.type === 'edge' ? credentialsOf(site.authentication) : { site: {}, cluster: {} };
  const paths = (folder: string, names: Readonly<Record<string, Credential>>) =>
    Object.entries(names).map(([name, credential]): [string, Credential] => [join(folder, name), credential]);
  return {
    configurations: new Map([
      [join(siteFolder, configurationName), render('The site: InterLink and its sidecar.', siteKeys(answers))],
      [join(clusterFolder, configurationName), render('The cluster’s end: the virtual kubelet.', clusterKeys(answers))],
    ]),
    credentials: new Map([...paths(siteFolder, credentials.site), ...paths(clusterFolder, credentials.cluster)]),
    folders: [join(siteFolder, 'run'), join(clusterFolder, 'run')],
  };
}

interface CredentialNames {
  readonly site: Readonly<Record<string, Credential>>;
  readonly cluster: Readonly<Record<string, Credential>>;
}

function credentialsOf(authentication: EdgeAuthentication): CredentialNames {
  const server = { 'tls.crt': 'server.crt', 'tls.key': 'server.key' } as const;
  const ca = { 'site.crt': 'server.crt' } as const;
  switch (authentication.kind) {
    case 'token':
      return { site: { ...server, 'vk.token': 'token' }, cluster: { ...ca, 'vk.token': 'token' } };
    case 'oidc':
      return { site: server, cluster: { ...ca, [authentication.source.kind]: 'source' } };
    case 'mtls':
      return {
        site: { ...server, 'callers.crt': 'callers.crt' },
        cluster: { ...ca, 'tls.crt': 'client.crt', 'tls.key': 'client.key' },
      };
  }
}

function siteKeys({ backend, node, siteFolder, site }: InitAnswers): object {
  const at = (name: string) => join(siteFolder, name);
  const common = {
    SidecarService: backend,
    SidecarURL: `unix://${at('run/sidecar.sock')}`,
    DataRootFolder: at('pods'),
  };
  if (site.type !== 'edge') return { InterlinkURL: `unix://${at('run/interlink.sock')}`, ...common };
  const { host, port, authentication } = site;
  const isMutual = authentication.kind === 'mtls';
  return {
    InterlinkURL: `https://${host}`,
    InterlinkAddress: 'https://0.0.0.0',
    InterlinkPort: port,
    ...common,
    TLS: {
      CertFile: at('tls.crt'),
      KeyFile: at('tls.key'),
      // What asks InterLink at the site, such as interlink status, trusts it by this; of callers it takes the certificates in it.
      CACertFile: at(isMutual ? 'callers.crt' : 'tls.crt'),
    },
    ...callersOf(authentication, node, at('vk.token')),
  };
}

function callersOf(authentication: EdgeAuthentication, node: string, tokenFile: string): object {
  if (authentication.kind === 'token') return { Auth: { Tokens: [{ Name: node, File: tokenFile }] } };
  if (authentication.kind === 'mtls') return {};
  const { issuer, audience, group } = authentication;
  return {
    Auth: {
      OIDC: { Issuer: issuer, Audience: audience, ...(group === undefined ? {} : { RequiredGroups: [group] }) },
    },
  };
}

function clusterKeys({ node, siteFolder, clusterFolder, site }: InitAnswers): object {
  const at = (name: string) => join(clusterFolder, name);
  const nodes = { VirtualNodes: [{ Name: node }] };
  if (site.type === 'local') return { InterlinkURL: `unix://${join(siteFolder, 'run/interlink.sock')}`, ...nodes };
  if (site.type === 'tunnel') return { InterlinkURL: `unix://${at('run/interlink.sock')}`, ...nodes };
  const { host, port, authentication } = site;
  const own = authentication.kind === 'mtls' ? { CertFile: at('tls.crt'), KeyFile: at('tls.key') } : {};
  return {
    InterlinkURL: `https://${host}`,
    InterlinkPort: port,
    TLS: { CACertFile: at('site.crt'), ...own },
    ...shownBy(authentication, at),
    ...nodes,
  };
}

function shownBy(authentication: EdgeAuthentication, at: (name: string) => string): object {
  if (authentication.kind === 'token') return { VKTokenFile: at('vk.token') };
  if (authentication.kind === 'mtls') return {};
  const { issuer, clientId, audience, source } = authentication;
  const file = at(source.kind);
  return {
    Auth: {
      Client: {
        Issuer: issuer,
        ClientID: clientId,
        Audience: audience,
        ...(source.kind === 'session' ? { RefreshTokenFile: file, Scope: sessionScope } : { ClientSecretFile: file }),
      },
    },
  };
}

function render(title: string, keys: object): string {
  return `# ${title} Written by interlink init; all keys: docs/configuration.md.\n${stringify(keys)}`;
}
