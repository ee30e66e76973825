import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { findFreePorts } from '../../../../test/testbed/process/free-ports.ts';

type Line = Record<string, unknown>;

export interface AuditedInterLink {
  readonly url: string;
  /** All that it has written. */
  readonly lines: readonly Line[];
  /** Those of the audit. */
  audit(): Line[];
  /** Ends it in order; what it has written is all there then. */
  stop(): Promise<void>;
}

/** InterLink in a process of its own on TCP, whose log can be read. Ends with the test. @param folder has the files that `config` names */
export async function startAudited(
  sidecarPort: number,
  configOf: (folder: string) => Promise<object>,
): Promise<AuditedInterLink> {
  const folder = await mkdtemp(join(tmpdir(), 'interlink-audit-'));
  const file = join(folder, 'config.yaml');
  await writeFile(file, JSON.stringify(await configOf(folder)));
  const [port] = await findFreePorts(1);
  const moduleOf = (path: string) => JSON.stringify(fileURLToPath(new URL(path, import.meta.url)));
  const source = `
    import { runInterLink } from ${moduleOf('../run-interlink.ts')};
    import { runProcess } from '@interlink/service-kit';
    process.exit(await runProcess('interlink', runInterLink));`;
  const child = spawn(process.execPath, ['--conditions=interlink-source', '--input-type=module', '-e', source], {
    cwd: fileURLToPath(new URL('.', import.meta.url)),
    // When this process dies, so does that one.
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: {
      ...process.env,
      ...{ INTERLINKCONFIGPATH: file, INTERLINKURL: 'http://127.0.0.1', INTERLINKPORT: String(port) },
      ...{ SIDECARURL: 'http://127.0.0.1', SIDECARPORT: String(sidecarPort), LOGLEVEL: 'info' },
    },
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const lines: Line[] = [];
  const listening = Promise.withResolvers<void>();
  createInterface({ input: child.stderr as NodeJS.ReadableStream }).on('line', (text) => {
    lines.push(text.startsWith('{') ? (JSON.parse(text) as Line) : { msg: text });
    if (lines.at(-1)?.msg === 'listening') listening.resolve();
  });
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
  };
  onTestFinished(async () => {
    await stop();
    await rm(folder, { recursive: true });
  });
  void ended.then(() => listening.reject(new Error(`InterLink ended: ${JSON.stringify(lines)}`)));
  await listening.promise;
  return { url: `http://127.0.0.1:${port}`, lines, audit: () => lines.filter(({ audit }) => audit === true), stop };
}
