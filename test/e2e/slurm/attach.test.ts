import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { describe, expect } from 'vitest';
import { type ControlPlaneData, waitFor } from '../../testbed/index.ts';
import type { Namespace } from '../drivers/namespace.ts';
import { pod, shell } from '../drivers/pods.ts';
import { cannotRun, slurmTest } from './drivers/slurm-test.ts';

const test = slurmTest('attach');
const patient = { timeoutMs: 120_000 };

function toArgs({ kubeconfig }: ControlPlaneData, namespace: Namespace, ...args: string[]): string[] {
  return ['--kubeconfig', kubeconfig, '-n', namespace.name, ...args];
}

/** `kubectl run` for one virtual node, of a pod that goes with it. */
function runArgs(nodeName: string, name: string, flag: '-i' | '-it', ...command: string[]): string[] {
  const { apiVersion, spec } = pod(nodeName, name, { containers: [] });
  const { containers: _, ...overrides } = spec ?? {};
  const options = ['--rm', '--quiet', '--restart=Never', '--image=busybox:1.36', '--pod-running-timeout=2m'];
  return [
    'run',
    name,
    flag,
    ...options,
    `--overrides=${JSON.stringify({ apiVersion, spec: overrides })}`,
    '--',
    ...command,
  ];
}

/** What it prints, given all of this at once. */
async function pipeInto(program: string, args: ReadonlyArray<string>, input: string) {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.end(input);
  const exited = once(child, 'exit');
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [exitCode] = await exited;
  return { stdout, stderr, exitCode: exitCode as number | null };
}

describe.skipIf(cannotRun)('kubectl speaks with the process of a container', { concurrent: true }, () => {
  test('by run -i: what is piped in comes out whole, and it ends by itself', async ({
    site,
    namespace,
    controlPlane,
  }) => {
    const args = toArgs(controlPlane, namespace, ...runArgs(site.nodeName, 'filter', '-i', 'cat'));
    const input = Array.from({ length: 20_000 }, (_, index) => `line ${index}\n`).join('');
    expect(await pipeInto(controlPlane.kubectl, args, input)).toMatchObject({ stdout: input, exitCode: 0 });
  });

  test('by run -it: a terminal that has the size of the window, and the exit code', async ({
    site,
    namespace,
    controlPlane,
  }) => {
    const args = toArgs(controlPlane, namespace, ...runArgs(site.nodeName, 'terminal', '-it', 'sh'));
    const command = [controlPlane.kubectl, ...args].map((word) => `'${word}'`).join(' ');
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
    const args = (container: string) => toArgs(controlPlane, namespace, 'attach', '-i', 'listens', '-c', container);
    const refused = await pipeInto(controlPlane.kubectl, args('deaf'), 'anything\n');
    expect(refused.exitCode).toBeGreaterThan(0);

    const first = spawn(controlPlane.kubectl, args('main'), { stdio: ['pipe', 'pipe', 'inherit'] });
    first.stdin.write('first\n');
    const [heard] = (await once(first.stdout, 'data')) as [Buffer];
    expect(heard.toString()).toBe('got first\n');
    first.kill('SIGINT');
    await once(first, 'exit');

    const second = await pipeInto(controlPlane.kubectl, args('main'), 'second\nlast\n');
    expect(second.stdout).toBe('got second\ngot last\n');
    expect(await namespace.run('logs', 'listens', '-c', 'main')).toBe('got first\ngot second\ngot last\n');
  });
});
