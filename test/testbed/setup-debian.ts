import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ensureCompose } from './compose/compose.ts';
import { ensureBaseImage } from './docker/base-image.ts';
import { ensureHelm } from './helm/helm.ts';
import { renderMissing } from './missing-parts.ts';
import { ensureOAuth2Proxy } from './oauth2-proxy/oauth2-proxy.ts';
import { toServerPath } from './process/find-program.ts';
import { ensureVenv } from './python/venv.ts';
import { findMissingRequirements, type Part, toAptPackages } from './requirements.ts';
import { ensureClusterImage } from './slurm/cluster-image.ts';

// Installs what the testbed needs and a Debian machine does not have; does nothing elsewhere, or without root. Then builds what no test
// should have to wait for.

const PARTS = [
  'controlPlane',
  'docker',
  'slurmHost',
  'slurmCluster',
  'python',
  'itwinctl',
  'images',
  'podman',
  'guides',
  'browser',
  'monitoring',
] as const;

const packages = toAptPackages(await findMissingRequirements(PARTS));
if (packages.length > 0 && existsSync('/etc/debian_version') && process.getuid?.() === 0) {
  process.stdout.write(`Installing what the tests need from Debian: ${packages.join(' ')}\n`);
  await aptGet(['update']);
  await aptGet(['install', '-y', '--no-install-recommends', ...packages]);
}
const missing = await findMissingRequirements(PARTS);
if (missing.length > 0) process.stdout.write(`The tests will run with parts ${renderMissing(missing)}\n`);

const isMissing = (wanted: Part) => missing.some(({ part }) => part === wanted);
const onProgress = (line: string) => void process.stdout.write(`${line}\n`);
const { signal } = new AbortController();
process.env.PATH = toServerPath(process.env.PATH ?? '');
if (!isMissing('slurmCluster')) await ensureClusterImage({ onProgress, signal });
if (!isMissing('controlPlane')) await ensureHelm({ onProgress, signal });
if (!isMissing('itwinctl')) await ensureOAuth2Proxy({ onProgress, signal });
if (!isMissing('images')) {
  await ensureBaseImage({ onProgress, signal });
  await ensureCompose({ onProgress, signal });
}

if (!isMissing('python')) await ensureVenv(join(import.meta.dirname, 'python', 'schemathesis', 'requirements.txt'));

async function aptGet(args: readonly string[]): Promise<void> {
  const child = spawn('apt-get', args, {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  const [exitCode] = await once(child, 'exit');
  if (exitCode !== 0) throw new Error(`apt-get ${args.join(' ')} exited with code ${exitCode}`);
}
