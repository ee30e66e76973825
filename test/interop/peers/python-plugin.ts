import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HttpTarget } from '@interlink/protocol';
import { ensureVenv, ServerProcess, waitFor } from '../../testbed/index.ts';
import { findFreePorts } from '../../testbed/process/free-ports.ts';

const examples = join(import.meta.dirname, '../../../examples');

export interface PythonPlugin extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly tokenFile: string;
  token(): Promise<string>;
}

/** The plugin of `docs/protocol.md` that speaks v2; it needs Python and nothing else. */
export async function startPythonPlugin(): Promise<PythonPlugin> {
  return await start('python3', 'python-plugin', '/v2/capabilities');
}

/** The plugin of `docs/protocol.md` that speaks v1, with Flask from PyPI. */
export async function startPythonPluginV1(): Promise<PythonPlugin> {
  const python = await ensureVenv(join(examples, 'python-plugin-v1', 'requirements.txt'));
  return await start(python, 'python-plugin-v1', '/status');
}

async function start(python: string, example: string, probe: string): Promise<PythonPlugin> {
  const directory = await mkdtemp(join(tmpdir(), `interlink-${example}-`));
  const tokenFile = join(directory, 'token');
  await writeFile(tokenFile, `${randomBytes(16).toString('hex')}\n`, { mode: 0o600 });
  const token = async () => (await readFile(tokenFile, 'utf8')).trim();
  const [port = 0] = await findFreePorts(1);
  const server = new ServerProcess({
    name: example,
    file: python,
    args: [join(examples, example, 'plugin.py'), '--port', String(port), '--token-file', tokenFile],
    logFile: join(directory, 'log'),
    env: { PATH: process.env.PATH, PYTHONDONTWRITEBYTECODE: '1' },
  });
  const url = `http://127.0.0.1:${port}`;
  const target = new HttpTarget({ url, token });
  try {
    await waitFor(`${example} to answer`, async () => {
      const { statusCode, body } = await target.send({ method: 'GET', path: probe, body: '[]' });
      await body.dump();
      return statusCode === 200;
    });
  } finally {
    await target.close();
  }
  return {
    url,
    port,
    tokenFile,
    token,
    [Symbol.asyncDispose]: async () => {
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
