import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { renderMissing } from './missing-parts.ts';
import { findMissingRequirements, toAptPackages } from './requirements.ts';

// Installs what the testbed needs and a Debian machine does not have; does nothing elsewhere, or without root.

const PARTS = ['controlPlane', 'docker'] as const;

const packages = toAptPackages(await findMissingRequirements(PARTS));
if (packages.length > 0 && existsSync('/etc/debian_version') && process.getuid?.() === 0) {
  process.stdout.write(`Installing what the tests need from Debian: ${packages.join(' ')}\n`);
  await aptGet(['update']);
  await aptGet(['install', '-y', '--no-install-recommends', ...packages]);
}
const missing = await findMissingRequirements(PARTS);
if (missing.length > 0) process.stdout.write(`The tests will run with parts ${renderMissing(missing)}\n`);

async function aptGet(args: readonly string[]): Promise<void> {
  const child = spawn('apt-get', args, {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  const [exitCode] = await once(child, 'exit');
  if (exitCode !== 0) throw new Error(`apt-get ${args.join(' ')} exited with code ${exitCode}`);
}
