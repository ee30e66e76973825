import { join } from 'node:path';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { startSidecarProcess } from '../../conformance/sidecar-process.ts';
import { ensureBinaries, ON_DEMAND_TIMEOUT_MS, runCommand } from '../../testbed/index.ts';

const { docker } = inject('testbed');

let binaries: string;
beforeAll(async () => {
  binaries = await ensureBinaries();
}, ON_DEMAND_TIMEOUT_MS);

/** What the conformance suite of the executable says of a sidecar: what fails, and its last line. */
async function judge({ url, tokenFile }: { url: string; tokenFile: string }) {
  const auth = url.startsWith('unix://') ? ['--no-auth'] : ['--token-file', tokenFile];
  const argv = ['conformance', url, ...auth, '-o', 'json'];
  const { stdout, stderr } = await runCommand(join(binaries, 'interlink'), argv, { env: {}, timeoutMs: 240_000 });
  const { results } = JSON.parse(stdout) as { results: Array<{ name: string; outcome: string; reason?: string }> };
  return {
    stderr,
    passed: results.filter(({ outcome }) => outcome === 'passed').length,
    failed: results.filter(({ outcome }) => outcome === 'failed'),
  };
}

// Exec, ports, probes, logs, restarts of containers: all that the sources do, the executable does.
describe('the conformance suite', { timeout: 300_000 }, () => {
  test.each([
    ['mock-sidecar', false],
    ['process-sidecar', true],
  ])('passes with %s and without a PATH', async (name, isUnix) => {
    await using sidecar = await startSidecarProcess(join(binaries, name), { isUnix, env: { PATH: '' } });
    expect(await judge(sidecar)).toEqual({ stderr: '', passed: expect.any(Number), failed: [] });
  });

  test.skipIf(docker === undefined)('passes with docker-sidecar', async () => {
    const env = { DOCKER_HOST: docker?.host ?? '' };
    await using sidecar = await startSidecarProcess(join(binaries, 'docker-sidecar'), { env });
    expect(await judge(sidecar)).toEqual({ stderr: '', passed: expect.any(Number), failed: [] });
  });
});
