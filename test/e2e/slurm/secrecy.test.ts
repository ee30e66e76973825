import { randomBytes } from 'node:crypto';
import { describe, expect, inject } from 'vitest';
import { type ContainerName, offers, registryAccounts, TestImages } from '../../testbed/index.ts';
import { busybox, type DirectPods, isRunning } from './drivers/direct-pods.ts';
import { directPodsTest } from './drivers/direct-test.ts';

const test = directPodsTest('secrecy', { config: { LogLevel: 'debug', Slurm: { Retention: 3_600 } } });
const { alice } = registryAccounts;

const mark = `hush-${randomBytes(8).toString('hex')}`;
const login = Buffer.from(`${alice.username}:${alice.password}`).toString('base64');
const machines: ReadonlyArray<ContainerName> = ['login', 'c1', 'c2', 'controller'];

/** The marks come by standard input: no argument of the searching processes has them. */
const processes = `
read -r mark; read -r login; read -r password
for p in /proc/[0-9]*; do
  levels=0
  while read -r key rest; do [[ $key == NSpid: ]] && set -- $rest && levels=$#; done 2>/dev/null <$p/status
  for file in cmdline environ; do
    text=$(tr '\\0' '\\n' 2>/dev/null <$p/$file)
    while [[ $text == *"$mark"* ]]; do
      text=\${text#*"$mark"-}
      echo "$file $levels \${text%%[!a-z]*}"
    done
    [[ $text == *"$login"* || $text == *"$password"* ]] && echo "$file $levels login"
  done
done
exit 0`;
const files = `
read -r since; cat >/dev/shm/.patterns
find / /home /shared /dev/shm -xdev -type f -newermt "@$since" ! -name .patterns -print0 2>/dev/null |
  xargs -0 -r grep -laF -D skip -f /dev/shm/.patterns 2>/dev/null | while read -r file; do
  folder=$file; open=open
  while [[ $folder != / ]]; do
    [[ $(stat -c %a "$folder") == *00 ]] && open=closed
    folder=\${folder%/*}; folder=\${folder:-/}
  done
  echo "$open $(stat -c %U "$file") $file"
done
rm /dev/shm/.patterns`;

async function search(pods: DirectPods, script: string, ...lines: ReadonlyArray<string | number>): Promise<string[]> {
  const found: string[] = [];
  for (const machine of machines) {
    const argv = ['bash', '-c', script];
    const { stdout } = await pods.slurm.commands.run(machine, 'root', argv, {
      input: lines.map((line) => `${line}\n`).join(''),
    });
    found.push(
      ...stdout
        .split('\n')
        .filter(Boolean)
        .map((line) => `${machine} ${line}`),
    );
  }
  return found;
}

describe.skipIf(!offers(inject('testbed'), 'slurmCluster'))('what a pod is given in secret', () => {
  test('is where its container finds it, nowhere else, and nowhere after its end', async ({ pods, cluster }) => {
    const since = Math.floor(Date.now() / 1_000) - 1;
    const image = `${cluster.registries.withPassword}/hush:1`;
    await new TestImages(cluster.socket).publish(image, alice);
    const main = busybox('sleep 1000', {
      image: `docker://${image}`,
      args: [`${mark}-args`],
      env: [{ name: 'TOKEN', value: `${mark}-env` }],
      volumeMounts: [{ name: 'v', mountPath: '/v' }],
      readinessProbe: { exec: { command: ['test', '-s', '/v/token'] }, periodSeconds: 1 },
      startupProbe: {
        httpGet: { port: 1, httpHeaders: [{ name: 'X', value: `${mark}-header` }] },
        failureThreshold: 1_000,
        periodSeconds: 1,
      },
      lifecycle: { postStart: { exec: { command: ['true', `${mark}-hook`] } } },
    });
    const uid = await pods.send(
      { containers: [main], volumes: [{ name: 'v', projected: { sources: [] } }] },
      {
        volumes: [
          {
            name: 'v',
            files: [{ path: 'token', mode: 0o644, data: Buffer.from(`${mark}-volume`).toString('base64') }],
          },
        ],
        registryCredentials: [{ registry: cluster.registries.withPassword, ...alice }],
      },
    );
    await pods.until(uid, 'the pod to run', isRunning);
    await expect.poll(() => pods.eventsOf(uid).join(), { timeout: 20_000 }).toContain('Unhealthy');

    // Whoever sees the processes of others on a node sees the words of commands, as on every node of Kubernetes; Apptainer's launcher
    // has them in its environment as well.
    const running = await search(pods, processes, mark, login, alice.password);
    expect(running.filter((line) => !/^c\d ((cmdline|environ) \d (args|hook)|environ 2 env)$/.test(line))).toEqual([]);
    expect(running.filter((line) => / environ 2 env$/.test(line))).not.toEqual([]);
    const held = await search(pods, files, since, mark, login);
    const places = new RegExp(
      `^(\\S+) closed alice (/home/alice/direct-secrecy/pods/tests-${uid}|/tmp/interlink-${uid}\\.\\w+)/`,
    );
    expect(held.filter((line) => !places.test(line))).toEqual([]);
    expect(held.filter((line) => line.includes('/volumes/v/'))).not.toEqual([]);

    const [job] = (await pods.slurm.livingJobs()).filter((each) => each.uid === uid);
    const id = job?.id ?? '';
    const script = await pods.slurm.run('root', 'scontrol', 'write', 'batch_script', id, '-');
    const shown = await pods.client.rendering(uid);
    const masked = script.replace(/^mount_sub_path=.*$/m, 'mount_sub_path=(…)');
    expect(shown.parts.find(({ name }) => name === 'job.sh')?.body).toBe(masked);
    const told = await Promise.all([
      pods.slurm.run('root', 'scontrol', 'show', 'job', '-d', id),
      pods.slurm.run('root', 'scontrol', 'show', 'step', id),
      pods.log(),
    ]);
    for (const text of [
      ...told,
      script,
      JSON.stringify(shown),
      pods.eventsOf(uid).join(),
      JSON.stringify(await pods.report(uid)),
    ]) {
      expect(text).not.toMatch(new RegExp(`${mark}|${alice.password}|${login}`));
    }

    await pods.delete(uid);
    expect(await search(pods, files, since, mark, login)).toEqual([]);
    expect(await search(pods, processes, mark, login, alice.password)).toEqual([]);
    expect(await pods.log()).not.toContain(mark);
  });
});
