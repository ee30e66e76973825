import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';

const main = fileURLToPath(new URL('../main.ts', import.meta.url));

test('slurm-sidecar keeps what it and its jobs write to the account, whatever the umask of the login', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'interlink-slurm-sidecar-'));
  const { PATH = '' } = process.env;
  await mkdir(join(folder, 'bin'));
  await writeFile(join(folder, 'bin/scontrol'), '#!/bin/sh\nexit 1\n', { mode: 0o700 });
  const words = [process.execPath, '--conditions=interlink-source', main, 'slurm-sidecar'];
  const sidecar = spawn('/bin/sh', ['-c', 'umask 0002; exec "$@"', 'sh', ...words], {
    cwd: folder,
    env: { PATH: `${folder}/bin:${PATH}`, HOME: folder, SIDECARURL: `unix://${folder}/socket`, DATAROOTFOLDER: folder },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = once(sidecar, 'exit');
  onTestFinished(async () => {
    sidecar.kill();
    await ended;
    await rm(folder, { recursive: true });
  });
  // Its first line of log comes from its work.
  const [said] = await once(sidecar.stderr, 'data');
  expect(String(said)).toContain('"name":"slurm-sidecar"');
  expect(await readFile(`/proc/${sidecar.pid}/status`, 'utf8')).toMatch(/^Umask:\t0077$/m);
});
