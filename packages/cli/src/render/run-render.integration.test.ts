import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';

const main = fileURLToPath(new URL('../main.ts', import.meta.url));
const manifest = 'kind: Pod\nmetadata: { name: web }\nspec: { containers: [{ name: main, image: busybox }] }\n';

/** Runs `interlink render` against an InterLink that gives this answer, and tells what it was asked. */
async function render(
  status: number,
  answer: object,
  args: string[],
  more: Record<string, string | undefined> = {},
  isUnread = false,
) {
  const folder = await mkdtemp(join(tmpdir(), 'interlink-render-'));
  const asked: Array<{ url: string | undefined; token: string | undefined; body: unknown }> = [];
  const server = createServer(async (request, response) => {
    const { url, headers } = request;
    asked.push({ url, token: headers.authorization, body: await json(request) });
    response.writeHead(status, { 'content-type': status === 200 ? 'application/json' : 'application/problem+json' });
    response.end(JSON.stringify(answer));
  });
  onTestFinished(async () => {
    server.close();
    await rm(folder, { recursive: true });
  });
  await once(server.listen(join(folder, 's')), 'listening');
  const env = { PATH: process.env.PATH ?? '', HOME: folder, INTERLINKURL: `unix://${folder}/s` };
  await Promise.all([
    writeFile(join(folder, 'pod.yaml'), manifest),
    writeFile(join(folder, 'token'), 'secret\n', { mode: 0o600 }),
  ]);
  const command = ['--conditions=interlink-source', main, 'interlink', 'render', '-f', 'pod.yaml', ...args];
  const options = { cwd: folder, env: { ...env, VKTOKENFILE: join(folder, 'token'), ...more }, timeout: 50_000 };
  type Said = { code: unknown; stdout: string; stderr: string; asked: typeof asked; made: string[] };
  return await new Promise<Said>((resolve) => {
    const child = execFile(process.execPath, command, options, (error, stdout, stderr) => {
      const made = readdirSync(folder).filter((name) => !['pod.yaml', 'token', 's'].includes(name));
      resolve({ code: error?.code ?? 0, stdout, stderr, asked, made });
    });
    if (isUnread) child.stdout?.destroy();
  });
}

test('interlink render shows what the pod would be, and warnings apart', async () => {
  const parts = [{ name: 'k8s_web', body: { Image: 'busybox' } }];
  const { code, stdout, stderr, asked } = await render(200, { parts, warnings: ['w'] }, ['--node', 'n']);
  expect([code, stdout, stderr]).toEqual([0, '--- # k8s_web\nImage: busybox\n', 'warning: w\n']);
  const body = { pod: { metadata: { name: 'web' }, spec: { containers: [{ name: 'main' }] } } };
  expect(asked).toMatchObject([{ url: '/v2/clusters/render/nodes/n/render', token: 'Bearer secret', body }]);
});

test('interlink render shows a script as it is, and long words on one line', async () => {
  const script = '#!/bin/bash\n\necho "a  b"\n';
  const long = `--comment=${'word '.repeat(40)}end`;
  const parts = [
    { name: 'job.sh', body: script },
    { name: 'sbatch', body: { arguments: [long] } },
  ];
  const { stdout } = await render(200, { parts, warnings: [] }, ['--node', 'n']);
  expect(stdout).toBe(`--- # job.sh\n${script}--- # sbatch\narguments:\n  - ${long}\n`);
});

test('interlink render ends as if all were read when its reader goes away', async () => {
  const parts = [{ name: 'job.sh', body: 'x\n'.repeat(1_000_000) }];
  const { code, stderr } = await render(200, { parts, warnings: [] }, ['--node', 'n'], {}, true);
  expect([code, stderr]).toEqual([0, '']);
});

test('interlink render tells in the backend’s words why a pod would be refused', async () => {
  const problem = {
    type: 'about:blank',
    title: 'x',
    status: 422,
    code: 'failed_precondition',
    detail: 'spec.hostNetwork is not allowed',
  };
  const { code, stdout, stderr } = await render(422, problem, ['--node', 'n']);
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toMatch(/^interlink: [^\n]*spec\.hostNetwork is not allowed\n$/);
});

test('interlink render makes no token where there is none', async () => {
  const { asked, made } = await render(200, { parts: [], warnings: [] }, ['--node', 'n'], { VKTOKENFILE: undefined });
  expect(asked).toMatchObject([{ token: undefined }]);
  expect(made).toEqual([]);
});
