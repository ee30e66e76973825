import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { InterLinkError } from '@interlink/protocol';
import type { EdgeAuthentication, GivenAnswers, InitAnswers, TokenSource } from './answers.ts';

const defaults = { node: 'virtual-kubelet', port: 3000, audience: 'interlink' };

const hostName = /^(?=.{1,253}$)[A-Za-z0-9]([-A-Za-z0-9]*[A-Za-z0-9])?(\.[A-Za-z0-9]([-A-Za-z0-9]*[A-Za-z0-9])?)*$/;
/** https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-subdomain-names; it names a token as well, so 63 letters. */
const nodeName = /^(?=.{1,63}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
/** sockaddr_un(7) */
const maxSocketPath = 107;

/** Answers that only one authentication has a use for. */
const oidcOnly = ['issuer', 'clientId', 'audience', 'group', 'clientSecretFile', 'refreshTokenFile', 'login'] as const;
const edgeOnly = ['host', 'port', 'auth', ...oidcOnly] as const;

/** @throws InterLinkError `invalid_argument` with every problem at once: what is missing, wrong, or would have no effect */
export function checkAnswers(given: GivenAnswers): InitAnswers {
  const problems: string[] = [];
  const { type, backend, node = defaults.node } = given;
  if (type === undefined) problems.push('--type is missing: edge, tunnel or local');
  if (backend === undefined) problems.push('--backend is missing: docker, slurm or mock');
  if (!nodeName.test(node))
    problems.push(`--node is ${JSON.stringify(node)}: a node’s name is wanted, lower case, 63 letters at most`);
  const [siteFolder, clusterFolder] = [
    folderOf(given.siteFolder, 'interlink'),
    folderOf(given.clusterFolder, 'interlink-vk'),
  ];
  if (siteFolder === clusterFolder)
    problems.push(`--site-folder and --cluster-folder are both ${siteFolder}: two are wanted`);
  for (const folder of [siteFolder, clusterFolder]) problems.push(...socketProblems(folder));
  const site = type === 'edge' ? edgeOf(given, problems) : { type: type ?? 'local' };
  if (type !== undefined && type !== 'edge') problems.push(...withoutEffect(given, edgeOnly, `--type ${type}`));
  if (problems.length > 0) throw new InterLinkError('invalid_argument', problems.join('; '));
  return { backend: backend ?? 'docker', node, siteFolder, clusterFolder, site };
}

function edgeOf(given: GivenAnswers, problems: string[]): InitAnswers['site'] {
  const { host = '', port = defaults.port, auth } = given;
  if (!hostName.test(host))
    problems.push(
      `--host is ${given.host === undefined ? 'missing' : JSON.stringify(host)}: the name, or IPv4 address, by which the cluster reaches the site`,
    );
  if (!Number.isInteger(port) || port < 1 || port > 65_535) problems.push(`--port is ${port}: 1 to 65535 is wanted`);
  if (auth === undefined) problems.push('--auth is missing: token, oidc or mtls');
  if (auth !== undefined && auth !== 'oidc') problems.push(...withoutEffect(given, oidcOnly, `--auth ${auth}`));
  const authentication = auth === 'oidc' ? oidcOf(given, problems) : { kind: auth ?? 'token' };
  return { type: 'edge', host, port, authentication };
}

function oidcOf(given: GivenAnswers, problems: string[]): EdgeAuthentication {
  const {
    issuer = '',
    clientId = '',
    audience = defaults.audience,
    group,
    clientSecretFile,
    refreshTokenFile,
    login,
  } = given;
  if (!isIssuer(issuer))
    problems.push(
      `--issuer is ${issuer === '' ? 'missing' : JSON.stringify(issuer)}: https://host or https://host/path`,
    );
  if (clientId === '') problems.push('--client-id is missing: the name by which the issuer knows the virtual kubelet');
  if ([clientSecretFile, refreshTokenFile, login].filter((each) => each !== undefined).length !== 1)
    problems.push('one of --client-secret-file, --refresh-token-file and --login is wanted: what tokens are got by');
  const source: TokenSource =
    clientSecretFile === undefined
      ? { kind: 'session', file: refreshTokenFile }
      : { kind: 'client-secret', file: clientSecretFile };
  return { kind: 'oidc', issuer, clientId, audience, group, source };
}

/** As `Auth.Client` wants it: in the clear on this machine only. */
function isIssuer(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password, search, hash } = new URL(text);
  const isSafe = protocol === 'https:' || (protocol === 'http:' && /^(localhost|127(\.\d+){3})$/.test(hostname));
  return isSafe && username + password + search + hash === '';
}

function withoutEffect(given: GivenAnswers, keys: ReadonlyArray<keyof GivenAnswers>, choice: string): string[] {
  const set = keys.filter((key) => given[key] !== undefined);
  return set.map(
    (key) => `--${key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)} has no effect with ${choice}`,
  );
}

function folderOf(given: string | undefined, byDefault: string): string {
  return given === undefined ? join(homedir(), byDefault) : resolve(given);
}

function socketProblems(folder: string): string[] {
  const path = join(folder, 'run', 'interlink.sock');
  const bytes = Buffer.byteLength(path);
  return bytes <= maxSocketPath ? [] : [`${path} has ${bytes} bytes: a socket’s path may have ${maxSocketPath}`];
}
