import { readFile } from 'node:fs/promises';
import { InterLinkError } from '@interlink/protocol';
import { foreignKeys, interLinkKeys, refusedKeys, replacedKeys } from './interlink-keys.ts';
import { type Key, readValue, wanted } from './key.ts';
import { nearest } from './nearest.ts';
import { parseYaml } from './parse-yaml.ts';
import { tlsProblems } from './tls-problems.ts';

type Keys = typeof interLinkKeys;
type ValueOf<K> = K extends Key<infer T> ? T : never;

/** The file, the environment and the defaults, as one frozen object with a member per key of {@link interLinkKeys}. */
export type InterLinkConfig = { readonly [K in keyof Keys]: ValueOf<Keys[K]> };

export interface LoadedConfig {
  readonly config: InterLinkConfig;
  /** The file that was read, or undefined: then all is from defaults and environment. */
  readonly file: string | undefined;
  readonly warnings: ReadonlyArray<string>;
}

/** The file that one kind of process has for itself. */
export interface OwnConfigFile {
  /** The variable that names it. */
  readonly variable: string;
  /** Where it is looked for when nothing is named. */
  readonly defaultFile: string;
}

const sharedVariable = 'INTERLINKCONFIGPATH';
const defaultFiles = ['./kustomizations/InterLinkConfig.yaml', '/etc/interlink/InterLinkConfig.yaml'];

/**
 * Loads the InterLink configuration: defaults < file < environment. The file is `$INTERLINKCONFIGPATH`, else the first default
 * path that exists; a process's own file goes before either.
 * @throws InterLinkError `invalid_argument` that lists every problem at once: the value, where it came from, what is wanted
 */
export async function loadInterLinkConfig(
  env: NodeJS.ProcessEnv = process.env,
  own?: OwnConfigFile,
): Promise<LoadedConfig> {
  const { file, text } = await readConfigFile(env, own);
  const problems: string[] = [];
  const warnings: string[] = [];
  const members =
    text === undefined || file === undefined
      ? new Map<string, unknown>()
      : flatten(contentOf(text, file), file, problems);
  checkNames(members, file ?? '', problems, warnings);

  const config: Record<string, unknown> = {};
  for (const [name, key] of Object.entries<Key<unknown>>(interLinkKeys)) {
    const variable = key.env.find((candidate) => env[candidate] !== undefined && env[candidate] !== '');
    const found = variable === undefined ? members.get(name) : env[variable];
    const value = found === undefined || found === null ? key.default : readValue(key, found);
    if (value === undefined && found !== undefined && found !== null) {
      const place = variable === undefined ? `${name} in ${file}` : `$${variable}`;
      problems.push(`${place} is ${JSON.stringify(found)}: ${wanted(key)} is wanted`);
    } else if (value !== undefined) {
      for (const { place, what } of key.problemsOf?.(value) ?? []) problems.push(`${name}${place} in ${file} ${what}`);
    }
    config[name] = value;
  }
  if (problems.length === 0) problems.push(...tlsProblems(config as InterLinkConfig));
  if (problems.length > 0)
    throw new InterLinkError('invalid_argument', `Invalid configuration: ${problems.join('; ')}`);
  return { config: Object.freeze(config) as InterLinkConfig, file, warnings };
}

/** The file that is loaded, whatever is in it; undefined: none is named, and none that can be read has a default path. */
export async function interLinkConfigFile(env: NodeJS.ProcessEnv = process.env): Promise<string | undefined> {
  return env[sharedVariable] || (await readConfigFile(env, undefined).catch(() => undefined))?.file;
}

async function readConfigFile(
  env: NodeJS.ProcessEnv,
  own: OwnConfigFile | undefined,
): Promise<{ file?: string; text?: string }> {
  const variables = [...(own === undefined ? [] : [own.variable]), sharedVariable];
  const variable = variables.find((name) => env[name] !== undefined && env[name] !== '');
  const named = variable === undefined ? undefined : env[variable];
  const unnamed = [...(own === undefined ? [] : [own.defaultFile]), ...defaultFiles];
  for (const file of named === undefined ? unnamed : [named]) {
    try {
      return { file, text: await readFile(file, 'utf8') };
    } catch (error) {
      const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
      if (isMissing && file !== named) continue;
      const by = file === named ? ` (named by $${variable})` : '';
      throw new InterLinkError(
        'invalid_argument',
        `Cannot read the configuration ${file}${by}: ${InterLinkError.from(error).message}`,
      );
    }
  }
  return {};
}

function contentOf(text: string, file: string): unknown {
  try {
    return parseYaml(text);
  } catch (error) {
    throw new InterLinkError(
      'invalid_argument',
      `The configuration ${file} is no YAML: ${InterLinkError.from(error).message}`,
    );
  }
}

/** Keys of groups become `Group.Key`; a group that another process owns stays whole. */
function flatten(root: unknown, file: string, problems: string[]): Map<string, unknown> {
  const members = new Map<string, unknown>();
  if (root === null || root === undefined) return members;
  if (typeof root !== 'object' || Array.isArray(root)) {
    problems.push(`${file} holds no map of keys`);
    return members;
  }
  const groups = new Set(
    Object.keys(interLinkKeys).flatMap((name) => (name.includes('.') ? [name.slice(0, name.indexOf('.'))] : [])),
  );
  for (const [name, value] of Object.entries(root)) {
    if (!groups.has(name)) members.set(name, value);
    else if (typeof value === 'object' && value !== null)
      for (const [inner, v] of Object.entries(value)) members.set(`${name}.${inner}`, v);
    else problems.push(`${name} in ${file} is ${JSON.stringify(value)}: a group of keys is wanted`);
  }
  return members;
}

function checkNames(members: ReadonlyMap<string, unknown>, file: string, problems: string[], warnings: string[]): void {
  for (const [name, value] of members) {
    const replacement = replacedKeys[name];
    const refusal = refusedKeys[name];
    if (replacement !== undefined) warnings.push(`${name} in ${file} has no effect any more; use ${replacement}`);
    else if (refusal !== undefined && value !== null && value !== '')
      problems.push(`${name} in ${file} is not supported by this release: ${refusal}`);
    else if (refusal === undefined && !(name in interLinkKeys) && !foreignKeys.includes(name)) {
      const near = nearest(name, [...Object.keys(interLinkKeys), ...foreignKeys]);
      problems.push(`Unknown key ${name} in ${file}${near === undefined ? '' : `: did you mean ${near}?`}`);
    }
  }
}
