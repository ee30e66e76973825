import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProgram } from './process/find-program.ts';
import { runCommand } from './process/run-command.ts';

/** The parts of a testbed, each of which may be there without the others. */
export type Part =
  | 'controlPlane'
  | 'docker'
  | 'slurmHost'
  | 'slurmCluster'
  | 'python'
  | 'itwinctl'
  | 'images'
  | 'podman'
  | 'guides'
  | 'browser'
  | 'monitoring';

/** Something a part needs of the machine. */
export interface Requirement {
  part: Part;
  name: string;
  /** What is wrong, or `undefined` when the machine has it. */
  check: () => Promise<string | undefined>;
  howToGet: string;
  /** The Debian package that brings it. */
  aptPackage?: string;
}

/** A requirement that is not met, as plain data. */
export interface MissingRequirement {
  part: Part;
  name: string;
  problem: string;
  howToGet: string;
  aptPackage?: string;
}

const GO_MOD = join(import.meta.dirname, 'control-plane', 'go.mod');

const GO = {
  name: 'go',
  check: checkGo,
  howToGet: 'install a current Go from https://go.dev/dl (Debian 12 has 1.19 only, Debian 13 has 1.24)',
};

export const REQUIREMENTS: readonly Requirement[] = [
  { ...GO, part: 'controlPlane' },
  program('controlPlane', 'openssl', 'openssl'),
  ...(process.platform === 'linux' ? [program('controlPlane', 'setpriv', 'util-linux')] : []),
  rootOnLinux('docker'),
  program('docker', 'dockerd', 'docker.io'),
  program('docker', 'containerd', 'containerd'),
  program('docker', 'runc', 'runc'),
  program('docker', 'docker-init', 'docker.io'),
  program('docker', 'iptables', 'iptables'),
  program('docker', 'ip', 'iproute2'),
  program('docker', 'setpriv', 'util-linux'),
  program('docker', 'unshare', 'util-linux'),
  program('docker', 'mount', 'mount'),
  program('docker', 'tar', 'tar'),
  // A small disk for tests of what happens when it is full.
  program('docker', 'nsenter', 'util-linux'),
  program('docker', 'losetup', 'mount'),
  program('docker', 'mke2fs', 'e2fsprogs'),
  { ...program('docker', 'busybox (static)', 'busybox-static'), check: checkStaticBusybox },
  rootOnLinux('slurmHost'),
  program('slurmHost', 'slurmctld', 'slurmctld'),
  program('slurmHost', 'slurmd', 'slurmd'),
  program('slurmHost', 'sbatch', 'slurm-client'),
  program('slurmHost', 'munged', 'munge'),
  // Slurm's accounting, for tests that ask for it; of MariaDB only the programs, no service.
  program('slurmHost', 'slurmdbd', 'slurmdbd'),
  program('slurmHost', 'mariadbd', 'mariadb-server-core'),
  // What makes the database asks it; packages of other releases have it elsewhere.
  program('slurmHost', 'my_print_defaults', 'mariadb-client-core'),
  program('slurmHost', 'docker-init', 'docker.io'),
  program('slurmHost', 'useradd', 'passwd'),
  program('slurmHost', 'setpriv', 'util-linux'),
  program('slurmHost', 'unshare', 'util-linux'),
  program('slurmHost', 'mount', 'mount'),
  // And the Docker Engine's, whose containers the cluster consists of.
  rootOnLinux('slurmCluster'),
  { ...GO, part: 'slurmCluster' },
  program('slurmCluster', 'debootstrap', 'debootstrap'),
  program('slurmCluster', 'chroot', 'coreutils'),
  program('slurmCluster', 'nsenter', 'util-linux'),
  {
    part: 'slurmCluster',
    name: '/dev/fuse',
    check: async () => (existsSync('/dev/fuse') ? undefined : 'there is no such device'),
    howToGet: 'modprobe fuse',
  },
  {
    part: 'python',
    name: 'python3 with venv',
    check: checkPython,
    howToGet: 'apt-get install python3-venv',
    aptPackage: 'python3-venv',
  },
  // What docs/itwinctl.sh is tested with: nothing of it is a server of the testbed.
  { ...GO, part: 'itwinctl' },
  rootOnLinux('itwinctl'),
  program('itwinctl', 'zsh', 'zsh'),
  program('itwinctl', 'dash', 'dash'),
  program('itwinctl', 'shellcheck', 'shellcheck'),
  program('itwinctl', 'curl', 'curl'),
  program('itwinctl', 'setsid', 'util-linux'),
  program('itwinctl', 'setpriv', 'util-linux'),
  // What our own images are built and run with, beside the Docker Engine.
  { ...GO, part: 'images' },
  program('images', 'debootstrap', 'debootstrap'),
  program('images', 'docker', 'docker.io'),
  program('images', 'docker-compose', 'docker-compose'),
  // The other engine that speaks Docker's API.
  rootOnLinux('podman'),
  program('podman', 'podman', 'podman'),
  {
    part: 'podman',
    name: 'netavark',
    check: async () => (existsSync('/usr/lib/podman/netavark') ? undefined : 'not found in /usr/lib/podman'),
    howToGet: 'apt-get install netavark',
    aptPackage: 'netavark',
  },
  program('podman', 'runc', 'runc'),
  program('podman', 'docker-init', 'docker.io'),
  program('podman', 'iptables', 'iptables'),
  program('podman', 'ip', 'iproute2'),
  program('podman', 'setpriv', 'util-linux'),
  program('podman', 'unshare', 'util-linux'),
  program('podman', 'mount', 'mount'),
  program('podman', 'tar', 'tar'),
  { ...program('podman', 'busybox (static)', 'busybox-static'), check: checkStaticBusybox },
  // And docs/guides and deploy/systemd.
  rootOnLinux('guides'),
  program('guides', 'ssh', 'openssh-client'),
  program('guides', 'sshd', 'openssh-server'),
  program('guides', 'openssl', 'openssl'),
  program('guides', 'systemd-analyze', 'systemd'),
  // And what InterLink's own pages are looked at with.
  program('browser', 'chromium', 'chromium'),
  // What deploy/monitoring is for.
  program('monitoring', 'prometheus', 'prometheus'),
  program('monitoring', 'promtool', 'prometheus'),
];

/** Checks what the parts need; returns what is missing, in the order of the list. */
export async function findMissingRequirements(
  parts: readonly Part[],
  requirements: readonly Requirement[] = REQUIREMENTS,
): Promise<MissingRequirement[]> {
  const wanted = requirements.filter((requirement) => parts.includes(requirement.part));
  const problems = await Promise.all(wanted.map((requirement) => requirement.check()));
  return wanted.flatMap(({ check: _check, ...requirement }, index) => {
    const problem = problems[index];
    return problem === undefined ? [] : [{ ...requirement, problem }];
  });
}

/** The Debian packages that bring what is missing, each once, sorted; what no package brings is left out. */
export function toAptPackages(missing: readonly MissingRequirement[]): string[] {
  return [...new Set(missing.flatMap(({ aptPackage }) => aptPackage ?? []))].sort();
}

function rootOnLinux(part: Part): Requirement {
  return {
    part,
    name: 'root on Linux',
    check: async () => {
      if (process.platform !== 'linux') return `this is ${process.platform}`;
      return process.getuid?.() === 0 ? undefined : 'this account is not root';
    },
    howToGet: 'run the tests as root on a Linux machine',
  };
}

function program(part: Part, name: string, aptPackage: string): Requirement {
  return {
    part,
    name,
    check: async () => ((await findProgram(name)) === undefined ? 'not found on PATH' : undefined),
    howToGet: `apt-get install ${aptPackage}`,
    aptPackage,
  };
}

/** Go 1.21 and newer fetch the toolchain that go.mod asks for, unless GOTOOLCHAIN forbids it. */
async function checkGo(): Promise<string | undefined> {
  if ((await findProgram('go')) === undefined) return 'not found on PATH';
  // Outside the module and with GOTOOLCHAIN=local it tells of itself, and fetches nothing.
  const installed = await runCommand('go', ['env', 'GOVERSION'], {
    cwd: tmpdir(),
    env: { ...process.env, GOTOOLCHAIN: 'local' },
  });
  const setting = await runCommand('go', ['env', 'GOTOOLCHAIN'], { cwd: tmpdir() });
  return describeGoProblem(installed.stdout.trim(), setting.stdout.trim(), await readFile(GO_MOD, 'utf8'));
}

/** What keeps an installed Go (`go1.24.4`, with its GOTOOLCHAIN setting) from building this go.mod. */
export function describeGoProblem(installed: string, toolchainSetting: string, goMod: string): string | undefined {
  const wanted = /^go (\S+)$/m.exec(goMod)?.[1] ?? '';
  const version = installed.replace(/^go/, '');
  if (isAtLeast(version, wanted)) return undefined;
  if (!isAtLeast(version, '1.21')) return `it is ${installed}, older than 1.21`;
  const mayFetch = toolchainSetting !== 'local' && toolchainSetting !== 'path';
  return mayFetch ? undefined : `it is ${installed}, go.mod asks for ${wanted}, and GOTOOLCHAIN=${toolchainSetting}`;
}

function isAtLeast(version: string, wanted: string): boolean {
  const toNumbers = (text: string) => text.split('.').map((part) => Number.parseInt(part, 10) || 0);
  const [have, want] = [toNumbers(version), toNumbers(wanted)];
  for (let index = 0; index < want.length; index += 1) {
    const difference = (have[index] ?? 0) - (want[index] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

/** Debian has `ensurepip` in a package of its own. The plugins of examples/ are for 3.11 and newer. */
async function checkPython(): Promise<string | undefined> {
  if ((await findProgram('python3')) === undefined) return 'not found on PATH';
  const script = 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))';
  const { exitCode, stderr } = await runCommand('python3', ['-c', script]);
  if (exitCode === 0) return undefined;
  return stderr === '' ? 'it is older than 3.11' : 'it has no ensurepip';
}

async function checkStaticBusybox(): Promise<string | undefined> {
  const busybox = await findProgram('busybox');
  if (busybox === undefined) return 'not found on PATH';
  const { stdout, stderr } = await runCommand('ldd', [busybox]);
  const isStatic = /not a dynamic executable|statically linked/.test(stdout + stderr);
  return isStatic ? undefined : `${busybox} needs shared libraries`;
}
