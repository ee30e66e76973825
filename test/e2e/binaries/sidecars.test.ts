import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { startSidecarProcess } from '../../conformance/sidecar-process.ts';
import { ensureBinaries, ON_DEMAND_TIMEOUT_MS, runCommand, waitFor } from '../../testbed/index.ts';
import { PATIENCE } from '../../testbed/patience.ts';

let binaries: string;
beforeAll(async () => {
  binaries = await ensureBinaries();
}, ON_DEMAND_TIMEOUT_MS);

interface Report {
  readonly passed: number;
  readonly results: ReadonlyArray<{ readonly name: string; readonly outcome: string; readonly seen?: string }>;
}

/** What the conformance suite in the executable says of a sidecar, with an empty environment. */
async function judge({ url, tokenFile }: { url: string; tokenFile: string }) {
  const auth = url.startsWith('unix://') ? ['--no-auth'] : ['--token-file', tokenFile];
  const argv = ['conformance', url, ...auth, '-o', 'json'];
  const ended = await waitFor('the sidecar to listen', async () => {
    const suite = await runCommand(join(binaries, 'interlink'), argv, { env: {}, timeoutMs: 240_000 });
    // 2: it could not run.
    return suite.exitCode !== 2 && suite;
  });
  const { passed, results } = JSON.parse(ended.stdout) as Report;
  return { passed, failed: results.filter(({ outcome }) => outcome === 'failed') };
}

/** Of some sixty: the suite has looked at more than whether it is there. */
const most = expect.toSatisfy((passed: number) => passed > 30, 'more than 30');

describe('the conformance suite', { timeout: 300_000 * PATIENCE }, () => {
  test.each([
    ['mock-sidecar', false],
    ['process-sidecar', true],
  ])('passes with %s and without a PATH', async (name, isUnix) => {
    await using sidecar = await startSidecarProcess(join(binaries, name), { isUnix, env: { PATH: '' } });
    expect(await judge(sidecar)).toEqual({ passed: most, failed: [] });
  });
});
