import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { join } from 'node:path';
import { beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest';
import { ON_DEMAND_TIMEOUT_MS, offers, slurmCluster } from '../on-demand.ts';
import { killChildren } from '../process/own-namespace.ts';
import { runCommand } from '../process/run-command.ts';
import { ServerProcess } from '../process/server-process.ts';
import { registryAccounts } from '../registry/registry.ts';
import type { SlurmClusterData } from '../testbed-data.ts';
import { waitFor } from '../wait-for.ts';
import { ClusterCommands } from './cluster-commands.ts';
import { startOwnSlurmCluster } from './own-slurm.ts';

const testbed = inject('testbed');
const REPOSITORY = join(import.meta.dirname, '../../..');

describe.skipIf(!offers(testbed, 'slurmCluster'))('the Slurm cluster', () => {
  let slurm: SlurmClusterData;
  let commands: ClusterCommands;
  beforeAll(async () => {
    slurm = await slurmCluster(testbed);
    commands = new ClusterCommands(slurm);
  }, ON_DEMAND_TIMEOUT_MS);

  /** Runs a job of alice's to its end. @returns its last state and what it wrote */
  const runJob = async (script: string, ...options: string[]) => {
    const name = `job-${randomBytes(4).toString('hex')}`;
    const output = `/shared/alice/${name}`;
    onTestFinished(async () => void (await commands.run('login', 'alice', ['rm', '-f', output])));
    const submit = ['sbatch', `--job-name=${name}`, `--output=${output}`, ...options, `--wrap=${script}`];
    await commands.run('login', 'alice', submit);
    const squeue = ['squeue', '-h', '-t', 'all', '-n', name, '-o', '%T %r'];
    const state = await waitFor('the job to end', async () => {
      const { stdout } = await commands.run('login', 'alice', squeue);
      return !/^(PENDING|RUNNING|COMPLETING|$)/.test(stdout) && stdout.trim();
    });
    const { stdout: text } = await commands.run('login', 'alice', ['cat', output]);
    return { state, text };
  };

  test('runs one job on both nodes, and shows it two GPUs', async () => {
    const script = 'srun hostname; echo $SLURM_JOB_GPUS';
    const { state, text } = await runJob(script, '--nodes=2', '--ntasks-per-node=1', '--gres=gpu:a100:2');
    expect(state).toBe('COMPLETED None');
    expect(text.trim().split('\n').sort()).toEqual(['0,1', 'c1', 'c2']);
  });

  test('runs an image of the registry that asks nobody', async () => {
    const image = `docker://${slurm.registries.open}/busybox:1.36`;
    const script = `export APPTAINER_NOHTTPS=1; apptainer -q exec ${image} busybox id -un`;
    expect(await runJob(script)).toMatchObject({ state: 'COMPLETED None', text: expect.stringMatching(/^alice$/m) });
  });

  test('has the registry with passwords refuse strangers and let its accounts in', async () => {
    const image = `docker://${slurm.registries.withPassword}/busybox:1.36`;
    const { username, password } = registryAccounts.bob;
    const pull = `apptainer -q exec ${image} busybox echo inside`;
    const login = `APPTAINER_DOCKER_USERNAME='${username}' APPTAINER_DOCKER_PASSWORD='${password}'`;
    const { text } = await runJob(`export APPTAINER_NOHTTPS=1; ${pull} || ${login} ${pull}`);
    expect(text).toMatch(/authentication required|unauthorized/);
    expect(text).toMatch(/^inside$/m);
  });

  test('ends a job that takes more memory than it asked for', async () => {
    const script = 'x=$(head -c 200000000 /dev/zero | tr "\\0" x); sleep 30';
    const { state } = await runJob(script, '--mem=50');
    expect(state).toMatch(slurm.enforcesMemory ? /^OUT_OF_MEMORY OutOfMemory$/ : /^FAILED /);
  });

  test("runs the repository's Node on the login host as alice, who cannot write there", async () => {
    const node = join(REPOSITORY, 'node_modules/.bin/node');
    const script = 'console.log(process.version, process.getuid()); require("fs").writeFileSync(process.argv[1], "")';
    const result = await commands.run('login', 'alice', [node, '-e', script, join(REPOSITORY, 'written-by-a-test')]);
    expect(result.stdout).toBe(`${process.version} 1500\n`);
    expect(result.stderr).toContain('EROFS');
  });

  test('lets this machine reach what listens on the login host, until it is told to end', async () => {
    const script = 'require("net").createServer((socket) => socket.end("hello")).listen(4999)';
    const node = join(REPOSITORY, 'node_modules/.bin/node');
    const [file, args] = await commands.toCommandLine('login', 'alice', [node, '-e', script]);
    const server = new ServerProcess({
      name: 'greeter',
      file,
      args,
      logFile: join(testbed.directory, 'greeter.log'),
      env: commands.env('alice'),
      kill: killChildren,
    });
    onTestFinished(() => server.stop());
    expect(await waitFor('a greeting', () => readFrom(slurm.addresses.login, 4_999))).toBe('hello');
    await server.stop();
    await expect(readFrom(slurm.addresses.login, 4_999)).rejects.toThrow('ECONNREFUSED');
  });
});

describe.skipIf(!offers(testbed, 'slurmCluster'))("a Slurm cluster of a test's own", () => {
  test(
    'stands the loss of a node, which comes back',
    async () => {
      await using own = await startOwnSlurmCluster(testbed);
      const shell = own.commands.shell('login');
      const submit = [
        'sbatch',
        '--parsable',
        '--no-requeue',
        '--nodelist=c2',
        '--output=/dev/null',
        '--wrap=sleep 1000',
      ];
      const id = (await shell.run(submit)).stdout.trim();
      const state = async () => (await shell.run(['squeue', '-h', '-t', 'all', '-j', id, '-o', '%T'])).stdout.trim();
      await waitFor('the job to run', async () => (await state()) === 'RUNNING');
      await own.killNode('c2');
      await waitFor('Slurm to miss the node', async () => (await state()) === 'NODE_FAIL', { timeoutMs: 120_000 });
      await own.startNode('c2');
      const { stdout } = await shell.run(['srun', '--nodelist=c2', 'hostname']);
      expect(stdout).toBe('c2\n');
    },
    ON_DEMAND_TIMEOUT_MS,
  );

  test(
    'remembers its jobs over ends of slurmctld, and takes all of them along, the suspended ones as well',
    async () => {
      const marker = `6${process.pid}`;
      {
        await using own = await startOwnSlurmCluster(testbed);
        const shell = own.commands.shell('login');
        const submit = ['sbatch', '--parsable', '--output=/dev/null', `--wrap=exec sleep ${marker}`];
        const id = (await shell.run(submit)).stdout.trim();
        const state = async () => (await shell.run(['squeue', '-h', '-j', id, '-o', '%T'])).stdout.trim();
        await waitFor('the job to run', async () => (await state()) === 'RUNNING' && (await isThere(marker)));
        await shell.run(['scontrol', 'suspend', id], { account: 'root' });
        expect(await state()).toBe('SUSPENDED');
        await own.stopController('SIGTERM');
        expect((await shell.run(['scontrol', 'ping'])).stdout).toContain('DOWN');
        await own.startController();
        expect(await state()).toBe('SUSPENDED');
        await own.stopController('SIGKILL');
        await own.startController();
        expect(await state()).toBe('SUSPENDED');
      }
      expect(await isThere(marker)).toBe(false);
    },
    ON_DEMAND_TIMEOUT_MS,
  );
});

async function isThere(seconds: string): Promise<boolean> {
  return (await runCommand('pgrep', ['--full', '--exact', `sleep ${seconds}`])).exitCode === 0;
}

async function readFrom(host: string, port: number): Promise<string> {
  const socket = connect(port, host);
  let received = '';
  for await (const chunk of socket) received += chunk;
  return received;
}
