import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect } from 'vitest';
import { kubectl, waitFor } from '../../testbed/index.ts';
import { kubectlRun } from '../drivers/kubectl-run.ts';
import { pod, shell } from '../drivers/pods.ts';
import { cannotRun, slurmTest } from './drivers/slurm-test.ts';

const test = slurmTest('attach');
const patient = { timeoutMs: 120_000 };

describe.skipIf(cannotRun)('kubectl speaks with the process of a container', { concurrent: true }, () => {
  test('by run -i: what is piped in comes out whole, and it ends by itself', async ({
    site,
    namespace,
    controlPlane,
  }) => {
    const input = Array.from({ length: 20_000 }, (_, index) => `line ${index}\n`).join('');
    const args = ['-n', namespace.name, ...kubectlRun(site.nodeName, 'filter', '-i', 'cat')];
    const run = await kubectl({ controlPlane }, args, { input, timeoutMs: 120_000 });
    expect(run).toMatchObject({ stdout: input, exitCode: 0 });
  });

  test('by run -it: a terminal that has the size of the window, and the exit code', async ({
    site,
    namespace,
    controlPlane,
  }) => {
    const { kubectl: program, kubeconfig } = controlPlane;
    const run = kubectlRun(site.nodeName, 'terminal', '-it', 'sh');
    const command = [program, '--kubeconfig', kubeconfig, '-n', namespace.name, ...run]
      .map((word) => `'${word}'`)
      .join(' ');
    // https://man7.org/linux/man-pages/man1/script.1.html: a terminal around kubectl.
    const script = `stty rows 33 cols 77; ${command}`;
    const child = spawn('script', ['-qefc', script, '/dev/null'], { stdio: ['pipe', 'pipe', 'inherit'] });
    const exited = once(child, 'exit');
    let printed = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      printed += chunk;
    });
    const until = async (pattern: RegExp) => {
      const look = () => {
        if (pattern.test(printed)) return true;
        throw new Error(printed);
      };
      await waitFor(`the terminal to show ${pattern}`, look, patient);
    };
    await namespace.waitForPhase('terminal', 'Running', patient);
    child.stdin.write('test -t 0 && until [ "$(stty size)" = "33 77" ]; do sleep 0.2; done; echo "size $?"\n');
    await until(/size 0\r\n/);
    // A prompt has no newline.
    child.stdin.write('read -r -p "name? " name; echo "hello $name"\n');
    await until(/\nname\? $/);
    child.stdin.write('bob\n');
    await until(/hello bob\r\n/);
    // ^C is for what runs in the foreground there.
    child.stdin.write('echo wait; sleep 300; echo never\n');
    await until(/\nwait\r\n/);
    child.stdin.write('\x03');
    child.stdin.write('exit 3\n');
    expect((await exited)[0]).toBe(3);
    expect(printed).not.toMatch(/\nnever/);
  });

  test('by attach -i, one after the other; not where nothing is read', async ({ site, namespace, controlPlane }) => {
    const listens = shell('main', 'while read -r line; do echo "got $line"; test "$line" != last || exit 5; done', {
      stdin: true,
    });
    await namespace.apply(
      pod(site.nodeName, 'listens', { containers: [listens, shell('deaf', 'while :; do sleep 0.2; done')] }),
    );
    await namespace.waitForPhase('listens', 'Running', patient);
    const args = (container: string) => ['-n', namespace.name, 'attach', '-i', 'listens', '-c', container];
    const attach = async (container: string, input: string) =>
      await kubectl({ controlPlane }, args(container), { input, timeoutMs: 60_000 });
    expect((await attach('deaf', 'anything\n')).exitCode).toBeGreaterThan(0);

    const { kubectl: program, kubeconfig } = controlPlane;
    const first = spawn(program, ['--kubeconfig', kubeconfig, ...args('main')], { stdio: ['pipe', 'pipe', 'inherit'] });
    first.stdin.write('first\n');
    expect(String(await once(first.stdout, 'data'))).toBe('got first\n');
    first.kill('SIGINT');
    await once(first, 'exit');

    expect((await attach('main', 'second\nlast\n')).stdout).toBe('got second\ngot last\n');
    expect(await namespace.run('logs', 'listens', '-c', 'main')).toBe('got first\ngot second\ngot last\n');
  });
});
