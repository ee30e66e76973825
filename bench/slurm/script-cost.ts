import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PlannedContainer } from '../../packages/sidecar-slurm/src/script/job-plan.ts';
import { shellContainer } from '../../packages/sidecar-slurm/src/script/testing/plans.ts';
import { killChildren, runCommandOrThrow } from '../../test/testbed/index.ts';
import { inOwnNamespace } from '../../test/testbed/process/own-namespace.ts';
import { show } from '../show.ts';
import { writeScript } from './script-folder.ts';

const stay = 'exec sleep 1000000';
const hundredths = 100;

/** What a pod's script takes of a compute node while nothing happens: times thousands on a cluster. */
export async function measureIdleScripts(seconds: number): Promise<void> {
  const probe = { exec: { command: ['true'] }, periodSeconds: 10 };
  const probed = (name: string) =>
    shellContainer(name, stay, { probes: { livenessProbe: probe, readinessProbe: probe } });
  await measure('one container', [shellContainer('main', stay)], seconds);
  await measure('three containers, two exec probes each', ['a', 'b', 'c'].map(probed), seconds);
}

async function measure(name: string, containers: PlannedContainer[], seconds: number): Promise<void> {
  await using folder = await writeScript({ containers });
  const [file, args] = inOwnNamespace('bash', [folder.script]);
  const child = spawn(file, [...args], { env: folder.env, stdio: 'ignore' });
  try {
    await sleep(5_000);
    const [before, pidBefore] = [treeOf(child), await lastPid(child)];
    await sleep(seconds * 1_000);
    const [after, pidAfter] = [treeOf(child), await lastPid(child)];
    const perMinute = 60 / seconds;
    // The look itself is one process there.
    const forks = (pidAfter - pidBefore - 1) * perMinute;
    const cpu = (after.cpuSeconds - before.cpuSeconds) * perMinute * 1_000;
    show(
      `idle script, ${name}`,
      `${forks.toFixed(0)} processes and ${cpu.toFixed(0)} ms of CPU per minute, ${after.residentMiB.toFixed(0)} MiB in ${after.count} processes`,
    );
  } finally {
    killChildren(child.pid ?? 0, 'SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  }
}

/** The number of the newest process of the child's namespace: they are counted from 1. */
async function lastPid(child: ChildProcess): Promise<number> {
  const init = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim();
  const args = ['--target', init, '--pid', 'cat', '/proc/sys/kernel/ns_last_pid'];
  return Number((await runCommandOrThrow('nsenter', args)).trim());
}

/** What all processes below the child have used, those that have ended included. */
function treeOf(child: ChildProcess): { cpuSeconds: number; residentMiB: number; count: number } {
  const children = new Map<number, number[]>();
  const stats = new Map<number, string[]>();
  for (const pid of readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)) {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      stats.set(pid, fields);
      const parent = Number(fields[1]);
      children.set(parent, [...(children.get(parent) ?? []), pid]);
    } catch {
      // Gone meanwhile.
    }
  }
  let [ticks, pages, count] = [0, 0, 0];
  for (const pids = [child.pid ?? 0]; pids.length > 0; ) {
    const pid = pids.pop() ?? 0;
    const fields = stats.get(pid) ?? [];
    ticks += [11, 12, 13, 14].reduce((sum, index) => sum + Number(fields[index] ?? 0), 0);
    pages += Number(fields[21] ?? 0);
    count += 1;
    pids.push(...(children.get(pid) ?? []));
  }
  return { cpuSeconds: ticks / hundredths, residentMiB: (pages * 4_096) / 2 ** 20, count };
}
