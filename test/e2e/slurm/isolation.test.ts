import { randomUUID } from 'node:crypto';
import { describe, expect, inject } from 'vitest';
import { type ContainerName, offers } from '../../testbed/index.ts';
import { busybox, type DirectPods } from './drivers/direct-pods.ts';
import { directPodsTest } from './drivers/direct-test.ts';

const cannotRun = !offers(inject('testbed'), 'slurmCluster');
const walledTest = directPodsTest('walls');
const bareTest = directPodsTest('no-walls', { config: { ContainerRuntime: 'none' } });
const planted = `planted-${randomUUID()}`;

/** Says all that a process can see of where it is. */
const look = `
section() { echo "=== $1"; }
section env; env | cut -d= -f1 | sort
section mounts; while read -r _ target _; do echo "$target"; done </proc/mounts | sort
section planted; find / -path /proc -prune -o -path /sys -prune -o -name '${planted}*' -print 2>/dev/null
section account; ls -A /home/alice /shared /root/.ssh /run/munge /etc/slurm /etc/munge /var/spool/slurmd 2>/dev/null
section home; for d in "$HOME" /tmp /var/tmp /dev/shm; do ls -A "$d"; done
section processes; for p in /proc/[0-9]*; do tr '\\0' ' ' <$p/cmdline | head -c 20; echo; done
section descriptors; for f in /proc/[0-9]*/fd/*; do readlink $f; done | sort -u
section status; grep -E '^(CapEff|CapPrm|CapBnd|CapAmb|NoNewPrivs)' /proc/self/status | tr '\\t' ' '
section writes
for f in /proc/sys/kernel/hostname /proc/sysrq-trigger /sys/kernel/uevent_helper /etc/hosts /.singularity.d/env/99-zz-interlink.sh; do
  (echo x >$f) 2>/dev/null && echo $f
done
find /sys/fs/cgroup -type d -maxdepth 3 | while read -r d; do mkdir "$d/x" 2>/dev/null && echo "$d"; done
section end`;

type Sections = ReadonlyMap<string, ReadonlyArray<string>>;

function parseSections(output: string): Sections {
  const sections = output.split(/^=== /m).slice(1);
  return new Map(sections.map((text) => [text.split('\n', 1)[0] ?? '', text.split('\n').slice(1).filter(Boolean)]));
}

/** Where nobody but the account may look: what its pods must not see either. */
async function plant(pods: DirectPods): Promise<AsyncDisposable> {
  const { commands } = pods.slurm;
  const all: ReadonlyArray<readonly [ContainerName, string]> = [
    ['login', `/home/alice/${planted}`],
    ['login', `/shared/alice/${planted}`],
    ...(['c1', 'c2'] as const).flatMap((node) =>
      ['/tmp', '/var/tmp', '/dev/shm'].map((folder) => [node, `${folder}/${planted}`] as const),
    ),
  ];
  for (const [container, path] of all) await commands.run(container, 'alice', ['touch', path]);
  return {
    [Symbol.asyncDispose]: async () => {
      for (const [container, path] of all) await commands.run(container, 'alice', ['rm', '-f', path]);
    },
  };
}

describe.skipIf(cannotRun)('a container of Apptainer', () => {
  walledTest(
    'sees its image, its volumes, its own processes, and nothing of the account or of other pods',
    async ({ pods }) => {
      await using _planted = await plant(pods);
      const files = [{ path: planted, mode: 0o644, data: Buffer.from('secret').toString('base64') }];
      const mount = { volumeMounts: [{ name: 'v', mountPath: '/v' }] };
      const victim = {
        containers: [busybox('sleep 1000', mount)],
        volumes: [{ name: 'v', secret: { secretName: 's' } }],
      };
      await pods.send(victim, { volumes: [{ name: 'v', files }], name: 'victim' });
      await pods.send(victim, { volumes: [{ name: 'v', files }], name: 'victim-2' });
      const { uid } = await pods.run({
        containers: [busybox(look, mount), busybox('sleep 10', { name: 'beside' })],
        volumes: [{ name: 'v', emptyDir: {} }],
      });
      const seen = parseSections(await pods.output(uid));
      expect([...seen.keys()].at(-1)).toBe('end');
      const of = (name: string) => seen.get(name) ?? [];

      // Apptainer's own names tell where the image's file and its instance are.
      expect(of('env').filter((name) => !/^(APPTAINER|SINGULARITY)_[A-Z_]+$/.test(name))).toEqual([
        ...['HOME', 'HOSTNAME', 'LANG', 'PATH', 'PROMPT_COMMAND', 'PS1', 'PWD', 'SHLVL'],
      ]);
      const known =
        /^\/(|dev(\/.+)?|proc|sys(\/fs\/cgroup(\/.+)?)?|tmp|var\/tmp|etc\/(hosts|localtime|resolv\.conf|hostname|passwd|group)|v|home\/user|\.interlink-termination-log|\.singularity\.d\/env\/[^/]+)$/;
      expect(of('mounts').filter((target) => !known.test(target))).toEqual([]);
      for (const name of ['planted', 'account', 'home', 'writes']) expect([name, of(name)]).toEqual([name, []]);
      expect(of('processes').filter((command) => !/^(appinit|\/bin\/sh -c|tr|head)/.test(command))).toEqual([]);
      const descriptors =
        /^(pipe:|anon_inode:|\/dev\/null$|\/dev\/pts|\/proc\/|\/tmp\/interlink-[^/]+\/\.apptainer\/config\/instances\/logs\/)/;
      expect(of('descriptors').filter((target) => !descriptors.test(target))).toEqual([]);
      expect(of('status')).toEqual([
        ...['CapPrm', 'CapEff', 'CapBnd', 'CapAmb'].map((name) => `${name}: 0000000000000000`),
        'NoNewPrivs: 1',
      ]);
    },
  );

  walledTest('writes into no descriptor but its own output', async ({ pods }) => {
    // Of the first process of the instance, and of what started the others.
    const script =
      'for f in /proc/[0-9]*/fd/*; do (printf "ended main 0 9 9 1\\\\001\\\\n" >$f) 2>/dev/null; done; sleep 2; exit 4';
    const { report } = await pods.run({ containers: [busybox(script)] });
    expect(report.status.containerStatuses[0]?.state.terminated?.exitCode).toBe(4);
  });
});

describe.skipIf(cannotRun)('a pod with ContainerRuntime none', () => {
  bareTest('is a process of the account, with all that the account has', async ({ pods }) => {
    await using _planted = await plant(pods);
    const script = `ls /home/alice/${planted}; tr '\\0' ' ' <"/proc/$PPID/cmdline"`;
    const { uid } = await pods.run({ containers: [busybox(script)] });
    expect(await pods.output(uid)).toMatch(new RegExp(`^/home/alice/${planted}\n.*log-writer`));
  });
});
