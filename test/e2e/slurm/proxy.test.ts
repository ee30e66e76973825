import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished } from 'vitest';
import { killChildren, ServerProcess, type SlurmClusterData } from '../../testbed/index.ts';
import { waitUntilReady } from '../../testbed/process/server-process.ts';
import { ClusterCommands } from '../../testbed/slurm/cluster-commands.ts';
import { directPodsTest } from './drivers/direct-test.ts';
import { cannotRun } from './drivers/slurm-test.ts';

const test = directPodsTest('proxy', {
  config: {
    ...{ ContainerRuntime: 'none', Tsocks: true, TsocksLoginNode: 'login' },
    TsocksPath: '/usr/lib/x86_64-linux-gnu/libtsocks.so',
  },
});

/** For documentation, so that nobody has it (RFC 5737): here the login host alone. */
const address = '192.0.2.7';
const ports = { ssh: 2_222, answer: 8_080 } as const;

/** What alice has in her home to get from the nodes to the login host, and an sshd of hers there. */
const keys = `set -e
umask 077
mkdir .ssh proxy-test
ssh-keygen -q -t ed25519 -N '' -f .ssh/id_ed25519
ssh-keygen -q -t ed25519 -N '' -f proxy-test/host_key
cp .ssh/id_ed25519.pub proxy-test/authorized_keys
printf '[login]:${ports.ssh} %s\\n' "$(cat proxy-test/host_key.pub)" >.ssh/known_hosts
printf 'Host login\\n  Port ${ports.ssh}\\n  UpdateHostKeys no\\n' >.ssh/config`;

/** Has the login host let alice in from the nodes, and answer where only it can be asked. */
async function openLoginHost(cluster: SlurmClusterData, directory: string): Promise<ClusterCommands> {
  const commands = new ClusterCommands(cluster);
  const run = async (account: 'alice' | 'root', ...argv: string[]) => {
    const { exitCode, stderr } = await commands.run('login', account, argv);
    if (exitCode !== 0) throw new Error(stderr);
  };
  const home = join(cluster.home, 'alice');
  onTestFinished(async () => {
    for (const folder of ['.ssh', 'proxy-test']) await rm(join(home, folder), { recursive: true, force: true });
    await commands.run('login', 'root', ['ip', 'address', 'delete', `${address}/32`, 'dev', 'lo']);
  });
  await run('alice', 'bash', '-c', keys);
  await run('root', 'ip', 'address', 'add', `${address}/32`, 'dev', 'lo');
  const servers = {
    sshd: [
      ...['/usr/sbin/sshd', '-D', '-e', '-f', '/dev/null', '-p', String(ports.ssh)],
      ...['-h', '/home/alice/proxy-test/host_key', '-o', 'PidFile=none', '-o', 'PasswordAuthentication=no'],
      ...['-o', 'AuthorizedKeysFile=/home/alice/proxy-test/authorized_keys'],
    ],
    answer: ['socat', `TCP-LISTEN:${ports.answer},bind=${address},fork,reuseaddr`, 'SYSTEM:echo of the login host'],
  };
  for (const [name, argv] of Object.entries(servers)) {
    const [file, args] = await commands.toCommandLine('login', 'alice', argv);
    const logFile = join(directory, `${name}.log`);
    const server = new ServerProcess({ name, file, args, logFile, env: commands.env('alice'), kill: killChildren });
    onTestFinished(() => server.stop());
    const port = name === 'sshd' ? ports.ssh : ports.answer;
    const host = name === 'sshd' ? '127.0.0.1' : address;
    const knock = ['bash', '-c', `: <>/dev/tcp/${host}/${port}`];
    const isReady = async () => (await commands.run('login', 'alice', knock)).exitCode === 0;
    await waitUntilReady(server, isReady, { timeoutMs: 30_000, signal: AbortSignal.timeout(30_000) });
  }
  return commands;
}

const ask = `exec 3<>/dev/tcp/${address}/${ports.answer} && cat <&3`;
/** What it hears, with the library and without. */
const script = `${ask}
env -u LD_PRELOAD timeout 5 bash -c '${ask}' 2>/dev/null || echo 'nothing without it'`;

describe.skipIf(cannotRun)('jobs behind a login node', () => {
  test('reach by its sshd and tsocks what only it can reach, and leave no ssh behind', async ({ pods, cluster }) => {
    const commands = await openLoginHost(cluster, join(pods.logFile, '..'));
    const { uid, report } = await pods.run({
      containers: [{ name: 'main', image: 'none', command: ['/bin/bash', '-c', script] }],
    });
    expect(await pods.output(uid)).toBe('of the login host\nnothing without it\n');
    expect(report.status.containerStatuses[0]?.state.terminated?.exitCode).toBe(0);
    await pods.delete(uid);
    for (const node of ['c1', 'c2'] as const) {
      expect((await commands.run(node, 'alice', ['pgrep', '-u', 'alice', '-x', 'ssh'])).stdout).toBe('');
    }
  });
});
