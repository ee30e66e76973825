import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InterLinkError, recordOf, stringOf } from '@interlink/sidecar-sdk';
import { dockerFolder, type EngineAddress, parseEngineAddress, parseHost } from './connection.ts';

interface ContextName {
  readonly name: string;
  /** Who says so. */
  readonly by: string;
}

/**
 * Where the engine listens, as the Docker CLI finds it: by `DOCKER_HOST`, else by the context of `DOCKER_CONTEXT`, else by that of
 * `currentContext` in its `config.json`, else on this machine. https://docs.docker.com/engine/manage-resources/contexts/
 * @throws InterLinkError `invalid_argument` for an address or context that can't be used
 */
export async function findEngineAddress(env: NodeJS.ProcessEnv): Promise<EngineAddress> {
  const folder = dockerFolder(env);
  const context = (env.DOCKER_HOST ?? '') === '' ? await findContext(env, folder) : undefined;
  return context === undefined ? parseEngineAddress(env) : await readContext(context, join(folder, 'contexts'));
}

/** Undefined: none but the one that is always there. */
async function findContext(env: NodeJS.ProcessEnv, folder: string): Promise<ContextName | undefined> {
  const path = join(folder, 'config.json');
  const { currentContext } = env.DOCKER_CONTEXT ? {} : recordOf(await readJson(path));
  const name = env.DOCKER_CONTEXT || stringOf(currentContext) || 'default';
  return name === 'default'
    ? undefined
    : { name, by: env.DOCKER_CONTEXT ? 'DOCKER_CONTEXT' : `currentContext of ${path}` };
}

async function readContext({ name, by }: ContextName, folder: string): Promise<EngineAddress> {
  const id = createHash('sha256').update(name).digest('hex');
  const meta = await readJson(join(folder, 'meta', id, 'meta.json'));
  if (meta === undefined) {
    throw new InterLinkError('invalid_argument', `${by} is ${JSON.stringify(name)}: no such context is in ${folder}`);
  }
  const { Host: host, SkipTLSVerify: isUnverified } = recordOf(recordOf(recordOf(meta).Endpoints).docker);
  const tls = join(folder, 'tls', id, 'docker');
  const hasTls = (await certificatesIn(tls)).some((file) => file.endsWith('.pem'));
  const of = `The host of the Docker context ${JSON.stringify(name)}`;
  const address = parseHost(stringOf(host) ?? '', { of, certificates: hasTls ? tls : undefined });
  if (address.kind === 'tcp' && isUnverified === true) {
    throw new InterLinkError(
      'invalid_argument',
      `The Docker context ${JSON.stringify(name)} has SkipTLSVerify: whoever answers would be taken for the engine. Its CA is wanted`,
    );
  }
  return address;
}

/** None where the context has no folder of them. @throws InterLinkError `invalid_argument` where they can't be read: without them, all would be sent in clear */
async function certificatesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return [];
    throw new InterLinkError('invalid_argument', `Cannot read ${folder}: ${InterLinkError.from(error).message}`);
  }
}

/** Undefined: there is none that this account may read. @throws InterLinkError `invalid_argument` */
async function readJson(path: string): Promise<unknown> {
  try {
    const text = await readFile(path, 'utf8').catch(unlessMissing);
    return text === undefined ? undefined : JSON.parse(text);
  } catch (error) {
    throw new InterLinkError('invalid_argument', `Cannot read ${path}: ${InterLinkError.from(error).message}`);
  }
}

function unlessMissing(error: unknown): undefined {
  const code = codeOf(error);
  if (code !== 'ENOENT' && code !== 'ENOTDIR' && code !== 'EACCES') throw error;
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
