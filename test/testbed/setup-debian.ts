import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { renderMissing } from './missing-parts.ts';
import { toServerPath } from './process/find-program.ts';
import { ensureVenv } from './python/venv.ts';
import { findMissingRequirements, toAptPackages } from './requirements.ts';
import { ensureClusterImage } from './slurm/cluster-image.ts';

// Installs what the testbed needs and a Debian machine does not have; does nothing elsewhere, or without root. Then builds what no test
// should have to wait for.

const PARTS = ['controlPlane', 'docker', 'slurmHost', 'slurmCluster', 'python'] as const;

const packages = toAptPackages(await findMissingRequirements(PARTS));
if (packages.length > 0 && existsSync('/etc/debian_version') && process.getuid?.() === 0) {
  process.stdout.write(`Installing what the tests need from Debian: ${packages.join(' ')}\n`);
  await aptGet(['update']);
  await aptGet(['install', '-y', '--no-install-recommends', ...packages]);
}
const missing = await findMissingRequirements(PARTS);
if (missing.length > 0) process.stdout.write(`The tests will run with parts ${renderMissing(missing)}\n`);

if (!missing.some(({ part }) => part === 'slurmCluster')) {
  const onProgress = (line: string) => void process.stdout.write(`${line}\n`);
  process.env.PATH = toServerPath(process.env.PATH ?? '');
  await ensureClusterImage({ onProgress, signal: new AbortController().signal });
}

if (!missing.some(({ part }) => part === 'python')) {
  await ensureVenv(join(import.meta.dirname, 'python', 'schemathesis', 'requirements.txt'));
}

async function aptGet(args: readonly string[]): Promise<void> {
  const child = spawn('apt-get', args, {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  const [exitCode] = await once(child, 'exit');
  if (exitCode !== 0) throw new Error(`apt-get ${args.join(' ')} exited with code ${exitCode}`);
}
