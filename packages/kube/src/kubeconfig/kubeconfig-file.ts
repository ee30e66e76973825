/** The kubeconfig file format: https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/ */
import { dirname, isAbsolute, resolve } from 'node:path';
import { LineCounter, parseDocument, type YAMLParseError } from 'yaml';
import { entryFields, isMapping, wrongField } from './kubeconfig-fields.ts';

export interface KubeconfigCluster {
  server?: string;
  'certificate-authority'?: string;
  'certificate-authority-data'?: string;
  'insecure-skip-tls-verify'?: boolean;
  'tls-server-name'?: string;
  'proxy-url'?: string;
}

export interface KubeconfigExec {
  apiVersion?: string;
  command?: string;
  args?: string[] | null;
  env?: { name: string; value: string }[] | null;
  installHint?: string;
  provideClusterInfo?: boolean;
  interactiveMode?: string;
}

export interface KubeconfigUser {
  token?: string;
  tokenFile?: string;
  'client-certificate'?: string;
  'client-certificate-data'?: string;
  'client-key'?: string;
  'client-key-data'?: string;
  username?: string;
  password?: string;
  as?: string;
  'as-uid'?: string;
  'as-groups'?: string[];
  'as-user-extra'?: Record<string, string[]>;
  exec?: KubeconfigExec;
  'auth-provider'?: { name?: string; config?: Record<string, string> };
}

export interface KubeconfigContext {
  cluster?: string;
  user?: string;
  namespace?: string;
}

/** A kubeconfig with its lists as maps by name. Paths in it are absolute. */
export interface Kubeconfig {
  currentContext: string | undefined;
  clusters: Map<string, KubeconfigCluster>;
  users: Map<string, KubeconfigUser>;
  contexts: Map<string, KubeconfigContext>;
}

/**
 * Parses one file. Relative paths in it are relative to its folder.
 * @throws Error with the file, and the line or the field, that is wrong. Never quotes the text: it holds secrets.
 */
export function parseKubeconfig(text: string, file: string): Kubeconfig {
  const root = parseYaml(text, file) ?? {};
  if (!isMapping(root)) throw new Error(`Cannot read kubeconfig "${file}": it holds ${describe(root)}, want a mapping`);
  const current = root['current-context'];
  const kubeconfig: Kubeconfig = {
    currentContext: typeof current === 'string' && current !== '' ? current : undefined,
    clusters: namedList(root, 'clusters', 'cluster', file),
    users: namedList(root, 'users', 'user', file),
    contexts: namedList(root, 'contexts', 'context', file),
  };
  makePathsAbsolute(kubeconfig, dirname(resolve(file)));
  return kubeconfig;
}

function parseYaml(text: string, file: string): unknown {
  const lineCounter = new LineCounter();
  let problem: YAMLParseError | undefined;
  try {
    const document = parseDocument(text, { prettyErrors: false, logLevel: 'error', lineCounter });
    problem = document.errors[0];
    if (problem === undefined) return document.toJS();
  } catch {
    // Not the library's own words: they may quote the text.
    throw new Error(`Cannot read kubeconfig "${file}": it has aliases that lead nowhere, or nests too deep`);
  }
  throw new Error(
    `Cannot read kubeconfig "${file}": invalid YAML at line ${lineCounter.linePos(problem.pos[0]).line} (${problem.code})`,
  );
}

function namedList<T extends object>(
  root: Record<string, unknown>,
  field: string,
  inner: keyof typeof entryFields,
  file: string,
) {
  const list = root[field] ?? [];
  if (!Array.isArray(list))
    throw new Error(`Cannot read kubeconfig "${file}": ${field} is ${describe(list)}, want a list`);
  const byName = new Map<string, T>();
  for (const [index, entry] of list.entries()) {
    const value = isMapping(entry) ? (entry[inner] ?? {}) : undefined;
    if (!isMapping(entry) || typeof entry.name !== 'string' || !isMapping(value)) {
      throw new Error(
        `Cannot read kubeconfig "${file}": ${field}[${index}] is not a mapping with "name" and "${inner}"`,
      );
    }
    const wrong = wrongField(value, entryFields[inner]);
    if (wrong !== undefined)
      throw new Error(`Cannot read kubeconfig "${file}": ${field}[${index}] has a wrong ${wrong}`);
    if (!byName.has(entry.name)) byName.set(entry.name, value as T);
  }
  return byName;
}

function makePathsAbsolute(kubeconfig: Kubeconfig, folder: string): void {
  const absolute = (path: string) => (isAbsolute(path) ? path : resolve(folder, path));
  for (const cluster of kubeconfig.clusters.values()) {
    const ca = cluster['certificate-authority'];
    if (ca) cluster['certificate-authority'] = absolute(ca);
  }
  for (const user of kubeconfig.users.values()) {
    for (const field of ['tokenFile', 'client-certificate', 'client-key'] as const) {
      const path = user[field];
      if (path) user[field] = absolute(path);
    }
    const command = user.exec?.command;
    // As kubectl: only a command with a slash in it is a path; a bare name is looked up in PATH.
    if (user.exec !== undefined && command?.includes('/')) user.exec.command = absolute(command);
  }
}

function describe(value: unknown): string {
  return Array.isArray(value) ? 'a list' : `a ${typeof value}`;
}
