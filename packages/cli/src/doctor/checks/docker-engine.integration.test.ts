import { join } from 'node:path';
import { expect, test } from 'vitest';
import { serveOnLoopback } from '../testing/loopback-server.ts';
import { inLines, runCheck, scratchFolder } from '../testing/run-check.ts';
import { dockerEngine } from './docker-engine.ts';

const info = { Name: 'host', NCPU: 2, MemTotal: 1, MemoryLimit: true, CpuCfsQuota: true, PidsLimit: true };
const version = { Version: '28.0.1', ApiVersion: '1.48', Arch: 'amd64', Components: [] };
const config = { SidecarService: 'docker', SidecarURL: 'unix:///nowhere/sidecar.sock' };

/** What is found of an engine that answers so. */
async function look({ status = 200, ...answers }: { status?: number; info?: object; version?: object }) {
  const socketPath = join(await scratchFolder(), 'docker.sock');
  await serveOnLoopback(
    (path) => ({
      status,
      body: path.endsWith('/version') ? { ...version, ...answers.version } : { ...info, ...answers.info },
    }),
    { socketPath },
  );
  return await runCheck(dockerEngine, { side: 'site', config, env: { DOCKER_HOST: `unix://${socketPath}` } });
}

test('docker-engine is ok with an engine that answers', async () => {
  expect(inLines(await look({}))).toEqual(['ok: docker 28.0.1, API 1.48']);
});

test.each([
  [{ version: { Version: '19.03', ApiVersion: '1.40' } }, /^problem: docker 19\.03 has API 1\.40: 1\.41 or newer/],
  [{ info: { MemoryLimit: false } }, /^warning: the engine’s host can’t limit memory$/],
  [{ status: 500 }, /^problem: the Docker Engine at \S+docker\.sock: /],
])('docker-engine tells of an engine that answers %j', async (answers, line) => {
  expect(inLines(await look(answers)).at(-1)).toMatch(line);
});

test.each([
  ['unix:///nowhere/docker.sock', /^problem: unix:\/\/\/nowhere\/docker\.sock: ENOENT/],
  ['tcp://127.0.0.1:1', /^problem: the Docker Engine at 127\.0\.0\.1:1: .*ECONNREFUSED/],
  ['docker.sock', /^problem: docker\.sock: DOCKER_HOST is "docker\.sock": unix:/],
])('docker-engine fails with $DOCKER_HOST %s', async (DOCKER_HOST, line) => {
  expect(inLines(await runCheck(dockerEngine, { side: 'site', config, env: { DOCKER_HOST } }))).toEqual([
    expect.stringMatching(line),
  ]);
});

test('docker-engine names a Docker context that is not there', async () => {
  const env = { DOCKER_CONFIG: await scratchFolder(), DOCKER_CONTEXT: 'none' };
  expect(inLines(await runCheck(dockerEngine, { side: 'site', config, env }))).toEqual([
    expect.stringMatching(/^problem: Docker’s own configuration: DOCKER_CONTEXT is "none": no such context is in /),
  ]);
});

test('docker-engine says nothing where no Docker sidecar is configured', async () => {
  const findings = await runCheck(dockerEngine, { side: 'site', config: { ...config, SidecarService: 'slurm' } });
  expect(inLines(findings)).toEqual(['skipped: no Docker sidecar is configured here']);
});
