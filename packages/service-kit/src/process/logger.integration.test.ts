import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const module = fileURLToPath(new URL('logger.ts', import.meta.url));

test('createLogger() writes JSON lines on stderr, errors without what libraries hang on them', async () => {
  const source = `
    import { createLogger } from ${JSON.stringify(module)};
    const logger = createLogger('vk', 'info');
    const err = Object.assign(new Error('refused'), { code: 'ECONNREFUSED', request: { headers: 'hunter2' }, body: 'hunter2' });
    logger.debug('unseen');
    logger.info({ pod: 'ns/p', podUid: 'u' }, 'pod created');
    logger.warn({ err }, 'backend out of reach');
    logger.warn({ err: 'a text' }, 'thrown');`;
  const { stdout, stderr } = await new Promise<{ stdout: string; stderr: string }>((resolve) =>
    execFile(process.execPath, ['--input-type=module', '-e', source], (_error, out, err) =>
      resolve({ stdout: out, stderr: err }),
    ),
  );
  const lines = stderr
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(stdout).toBe('');
  expect(lines).toMatchObject([
    { level: 'info', name: 'vk', msg: 'pod created', pod: 'ns/p', podUid: 'u', time: expect.stringMatching(/Z$/) },
    { level: 'warn', err: { type: 'Error', code: 'ECONNREFUSED', message: 'refused' } },
    { level: 'warn', err: 'a text' },
  ]);
  expect(stderr).not.toContain('hunter2');
});

test.runIf(process.platform === 'linux')('a log whose disk is full ends nothing', async () => {
  const source = `
    import { createLogger } from ${JSON.stringify(module)};
    const logger = createLogger('vk', 'info');
    for (let index = 0; index < 10_000; index += 1) logger.info({ text: 'x'.repeat(100) }, 'one more');
    process.stdout.write('lives');`;
  const command = `exec "$0" --input-type=module -e "$1" 2> /dev/full`;
  const said = await new Promise((resolve) =>
    execFile('sh', ['-c', command, process.execPath, source], (error, out) => resolve({ code: error?.code ?? 0, out })),
  );
  expect(said).toEqual({ code: 0, out: 'lives' });
});
