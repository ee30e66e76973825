import { randomUUID } from 'node:crypto';
import type { PodSpec, Volume } from '@interlink/protocol';
import { describe, expect, inject } from 'vitest';
import { type ContainerName, offers, TestImages, waitFor } from '../../testbed/index.ts';
import { busybox, type DirectPods, isRunning, type More } from './drivers/direct-pods.ts';
import { directPodsTest } from './drivers/direct-test.ts';

const test = directPodsTest('hostile');

/** A file that is nowhere unless somebody's shell has read one of the texts below. */
const mark = `/shared/alice/ran-${randomUUID()}`;
/** As every shell, and every list of options, mounts or lines, would trip over it. */
const evil = `$(touch ${mark})\`touch ${mark}\`'; touch ${mark}; "\n touch ${mark} #,ro:/etc:rw --bind=/ \\`;
const word = `$(touch$IFS${mark})\`touch$IFS${mark}\`';touch$IFS${mark};"`;

const mounting = (mountPath: string, more: object = {}) => ({ volumeMounts: [{ name: 'v', mountPath, ...more }] });
const emptyDir: Volume[] = [{ name: 'v', emptyDir: {} }];
const annotated = (text: string): Record<string, string> =>
  Object.fromEntries(
    ['slurm-job.vk.io', 'slurm-job.knoc.io', 'job.vk.io'].flatMap((prefix) =>
      ['pre-exec', 'mpi-flags', 'singularity-options', 'singularity-mounts', 'singularity-commands', 'image-root'].map(
        (name) => [`${prefix}/${name}`, text],
      ),
    ),
  );
const flags = (text: string): More => ({ annotations: { 'slurm-job.vk.io/flags': text } });
const base64 = (text: string) => Buffer.from(text).toString('base64');

type Refused = readonly [what: string, spec: PodSpec, why: RegExp, more?: More];

/** Refused at once, and why. */
const refused: ReadonlyArray<Refused> = [
  ...[
    'docker-archive:/shared/x.tar',
    'oci:/shared',
    'instance://x',
    '-x',
    `busybox:1.36${evil}`,
    '/',
    '//',
    '/home/alice/.ssh',
    '/proc/self/exe',
    '../x',
    'docker://',
    'file:///etc/passwd',
    'https://x y',
    'library://$(id)',
    'localimage://x',
    'busybox\n',
    'shub://x/y',
    'http://x/y',
  ].map(
    (image) =>
      [
        `image ${JSON.stringify(image.slice(0, 40))}`,
        { containers: [busybox('true', { image })] },
        /Cannot use image/,
      ] satisfies Refused,
  ),
  ...['/', '/x/../..', '/proc/self', '/.singularity.d/env'].map(
    (path) =>
      [
        `a volume at ${path}`,
        { containers: [busybox('true', mounting(path))], volumes: emptyDir },
        /no places for volumes/,
      ] satisfies Refused,
  ),
  ...['../x', '/etc', 'a/../../x'].map(
    (subPath) =>
      [
        `subPath ${subPath}`,
        { containers: [busybox('true', mounting('/v', { subPath }))], volumes: emptyDir },
        /not a path inside/,
      ] satisfies Refused,
  ),
  [
    'a hostPath',
    { containers: [busybox('true', mounting('/v'))], volumes: [{ name: 'v', hostPath: { path: '/home/alice' } }] },
    /Slurm\.HostPaths/,
  ],
  ['a NUL in its words', { containers: [busybox('a\0b')] }, /command\[2\] holds a NUL/],
  ['a word that is too long', { containers: [busybox('true', { args: ['x'.repeat(131_072)] })] }, /131071 at most/],
  [
    'a header of two lines',
    {
      containers: [
        busybox('true', { livenessProbe: { httpGet: { port: 80, httpHeaders: [{ name: 'A', value: 'b\r\nc' }] } } }),
      ],
    },
    /more than one line/,
  ],
  ['the processes of the node', { hostPID: true, containers: [busybox('true')] }, /hostPID/],
  [
    'a file of a ConfigMap that begins with ".."',
    { containers: [busybox('true')], volumes: [{ name: 'v', configMap: { name: 'c' } }] },
    /can't be a file in a volume/,
    { volumes: [{ name: 'v', files: [{ path: '..data/x', mode: 0o644, data: '' }] }] },
  ],
  ['privileges', { containers: [busybox('true', { securityContext: { privileged: true } })] }, /privileged/],
  [
    'capabilities',
    { containers: [busybox('true', { securityContext: { capabilities: { add: ['SYS_ADMIN'] } } })] },
    /capabilities/,
  ],
  ['another user', { containers: [busybox('true', { securityContext: { runAsUser: 0 } })] }, /runAsUser/],
  ...[
    '--wrap=id',
    '--export=ALL',
    '--chdir=/',
    '-D/',
    '--uid=0',
    '--prolog=x',
    '--get-user-env',
    '--parsable',
    '--bcast',
    '/bin/sh',
    '-- x',
    `--partition=${word}`,
  ].map(
    (text) =>
      [
        `flags ${text.slice(0, 30)}`,
        { containers: [busybox('true')] },
        /flags: |partition/,
        flags(text),
      ] satisfies Refused,
  ),
];

/** Requests that are none: what they name would become part of paths and names. */
const malformed: ReadonlyArray<readonly [what: string, parts: { metadata?: object; spec?: object }]> = [
  ['a UID with a path in it', { metadata: { uid: '../../../etc' } }],
  ['a namespace with a path in it', { metadata: { namespace: '../x' } }],
  ['a name with a command in it', { metadata: { name: '$(id)' } }],
  ['a name of two lines', { metadata: { name: 'a\n#SBATCH --uid=0' } }],
  ['a container name with a path in it', { spec: { containers: [busybox('true', { name: '../x' })] } }],
  ['a volume name with a path in it', { spec: { containers: [busybox('true')], volumes: [{ name: '..' }] } }],
  ['a mount with a colon', { spec: { containers: [busybox('true', mounting('/v:/etc'))] } }],
  ['a variable that is two', { spec: { containers: [busybox('true', { env: [{ name: 'A=B', value: 'x' }] })] } }],
  [
    'a stop signal with a command in it',
    { spec: { containers: [busybox('true', { lifecycle: { stopSignal: 'SIG$(id)' } })] } },
  ],
  [
    'a host alias of two lines',
    { spec: { hostAliases: [{ ip: '1.2.3.4', hostnames: ['a\nb'] }], containers: [busybox('true')] } },
  ],
  ['a host name with a command in it', { spec: { hostname: '$(id)', containers: [busybox('true')] } }],
];

const hasLeft = (pods: DirectPods, container: ContainerName, path: string) =>
  pods.slurm.commands.run(container, 'root', ['test', '-e', path]).then(({ exitCode }) => exitCode === 0);

describe.skipIf(!offers(inject('testbed'), 'slurmCluster'))('hostile pods', () => {
  test.for(refused)('are refused %s', async ([, spec, why, more], { pods }) => {
    await expect(pods.send(spec, more)).rejects.toThrow(why);
    expect(await pods.slurm.folders()).toEqual([]);
  });

  test('say nothing to Slurm that is the sidecar’s to say, and are told', async ({ pods }) => {
    const text = `--output=/shared/x -e /shared/y --comment=x --job-name '${word.replaceAll("'", '')}'`;
    const metadata = { uid: randomUUID(), namespace: 'tests', name: 'pod', ...flags(text) };
    const { parts, warnings } = await pods.client.render({
      pod: { metadata, spec: { containers: [busybox('true')] } },
      volumes: [],
    });
    const [sbatch] = parts;
    const argv = (sbatch?.body as { arguments?: string[] } | undefined)?.arguments ?? [];
    expect(argv.filter((argument) => /^--(output|error|comment|job-name)/.test(argument))).toEqual([
      '--job-name=pod',
      expect.stringMatching(/^--comment=\{"/),
      expect.stringMatching(/^--output=(\/dev\/null|\/home\/alice\/direct-hostile\/pods\/[^/]+\/slurm\.out)$/),
      expect.stringMatching(/^--error=(\/dev\/null|\/home\/alice\/direct-hostile\/pods\/[^/]+\/slurm\.out)$/),
    ]);
    for (const name of ['output', 'error', 'comment', 'job-name']) {
      expect(warnings.join()).toContain(`--${name} is the sidecar's own`);
    }
  });

  test.for(malformed)('are no requests with %s', async ([, { metadata, spec }], { pods }) => {
    const pod = {
      metadata: { uid: randomUUID(), namespace: 'tests', name: 'pod', ...metadata },
      spec: spec ?? { containers: [busybox('true')] },
    };
    const sent = pods.client.createPod({ pod, volumes: [] } as never);
    await expect(sent).rejects.toMatchObject({ code: expect.stringMatching(/invalid_argument|not_found/) });
  });

  test.concurrent('have every text in their containers as it is, and nobody else reads it', async ({ pods }) => {
    const long = evil.repeat(2_000).slice(0, 130_000);
    const files = ['-rf', evil.replaceAll('/', '|').slice(0, 250), `a/${word.replaceAll('/', '|')}`];
    const main = busybox('printf "%s\\0" "$@"; cd /v && find . -type f -print0 | sort -z; printf %s "$LONG" | md5sum', {
      args: ['--', '-x', evil, '', '--bind=/:/v'],
      env: [
        { name: 'LONG', value: long },
        { name: 'EVIL', value: evil },
        { name: 'a.b-$(id)', value: evil },
        { name: 'APPTAINERENV_X', value: evil },
        { name: 'BASH_ENV', value: `/dev/stdin${evil}` },
        { name: 'LD_PRELOAD', value: '' },
      ],
      volumeMounts: [
        { name: 'v', mountPath: '/v' },
        { name: 'w', mountPath: `/${evil.replaceAll(':', ';')}` },
      ],
      workingDir: `/wd${evil}`,
      terminationMessagePath: `/tm${evil}`,
      terminationMessagePolicy: 'FallbackToLogsOnError',
      ports: [{ name: word, containerPort: 9_999 }],
      startupProbe: { exec: { command: ['true', evil] } },
      livenessProbe: {
        httpGet: {
          port: word,
          host: word.replaceAll('/', '|'),
          path: evil,
          httpHeaders: [{ name: word, value: word }],
        },
      },
      readinessProbe: { tcpSocket: { port: 1, host: word.replaceAll('/', '|') } },
      lifecycle: {
        postStart: { httpGet: { port: 9_999, path: evil, host: '127.0.0.1' } },
        preStop: { exec: { command: ['sh', '-c', 'true', evil] } },
        stopSignal: 'SIGRTMIN+3',
      },
    });
    const { uid, report } = await pods.run(
      {
        containers: [{ ...main, lifecycle: { ...main.lifecycle, postStart: { exec: { command: ['true', evil] } } } }],
        volumes: [
          { name: 'v', configMap: { name: 'c' } },
          { name: 'w', emptyDir: {} },
        ],
        hostAliases: [{ ip: '#', hostnames: [word, '10.0.0.1'] }],
        subdomain: 'x',
      },
      {
        volumes: [{ name: 'v', files: files.map((path) => ({ path, mode: 0o644, data: base64(evil) })) }],
        labels: { [evil]: evil, 'slurm-job.vk.io/gpu-type': evil },
        annotations: annotated(evil),
      },
    );
    expect(report.status.containerStatuses[0]?.state.terminated).toMatchObject({ exitCode: 0 });
    const [output, events] = [await pods.output(uid), pods.eventsOf(uid).join('\n')];
    expect(output).toContain(`-x\0${evil}\0\0--bind=/:/v\0`);
    for (const path of files) expect(output).toContain(`/${path}\0`);
    expect(events).toMatch(/FieldIgnored: .*pre-exec.*is not allowed|FieldIgnored: .*pre-exec/);
    expect(events).toContain('InvalidEnvironmentVariableNames');
  });

  test.concurrent('run images that lie about themselves', async ({ pods, cluster }) => {
    const image = `${cluster.registries.open}/liar:1`;
    await new TestImages(cluster.socket).publish(image, undefined, {
      Env: [`EVIL=${evil}`, 'A.B=x', 'PATH=/bin:/usr/bin', `APPTAINER_BIND=${evil}`],
      Entrypoint: ['sh', '-c', 'pwd; printf "%s\\0" "$EVIL" "$@"', evil],
      Cmd: [evil, '--', '-x'],
      User: word,
      WorkingDir: `/w${evil}`,
      StopSignal: `SIG${word}`,
      Labels: { [evil]: evil },
    });
    const { uid } = await pods.run({ containers: [{ name: 'main', image: `docker://${image}` }] });
    expect(await pods.output(uid)).toBe(`/w${evil}\n${evil}\0${evil}\0--\0-x\0`);
    expect(pods.eventsOf(uid).join()).toContain('ImageUserNotHonoured');
  });

  test.concurrent('that name what is theirs for a probe get no answer, and are told', async ({ pods }) => {
    const uid = await pods.send({
      restartPolicy: 'Never',
      containers: [
        busybox('sleep 100', {
          terminationMessagePath: '/dev/../v/x',
          ...mounting('/v'),
          livenessProbe: {
            httpGet: { port: 1, host: word.replaceAll('/', '|'), path: evil },
            periodSeconds: 1,
            failureThreshold: 1,
          },
        }),
      ],
      volumes: emptyDir,
      // TERM ends it, once Apptainer has brought it into its container.
      terminationGracePeriodSeconds: 30,
    });
    const { status } = await pods.until(uid, 'it to end', ({ status: { containerStatuses } }) =>
      containerStatuses.every(({ state }) => state.terminated !== undefined),
    );
    expect([status.containerStatuses[0]?.state.terminated?.exitCode, pods.eventsOf(uid)]).toEqual([
      143,
      expect.anything(),
    ]);
    expect(pods.eventsOf(uid).join()).toContain('Unhealthy: Liveness probe failed');
  });

  test.concurrent.for([
    ['relative', 'relative', /must be an absolute path/],
    ['a device', '/dev/null', /cannot make terminationMessagePath \/dev\/null/],
    ['a folder', '/etc', /not a directory/],
    ['a process', '/proc/none', /CreateContainerError/],
  ] as const)('don’t start with %s for their last word', async ([, terminationMessagePath, why], { pods }) => {
    await pods.stuck({ containers: [busybox('true', { terminationMessagePath })] }, why);
  });

  test.concurrent('can leave no last word but what the file holds', async ({ pods }) => {
    const scripts = {
      link: 'rm -f /t; ln -sf /etc/passwd /t; ln -sf /home/alice/.ssh/id /t2; echo ok',
      pipe: 'rm -f /t; mkfifo /t; echo ok',
      endless: 'head -c 200000000 /dev/zero | tr "\\0" x > /t; printf end >> /t; echo ok',
    };
    const { uid, report } = await pods.run({
      containers: Object.entries(scripts).map(([name, script]) =>
        busybox(script, { name, terminationMessagePath: '/t' }),
      ),
    });
    const messages = report.status.containerStatuses.map(({ state }) => state.terminated?.message ?? '');
    expect(messages.slice(0, 2)).toEqual(['', '']);
    expect(messages[2]).toHaveLength(4_096);
    expect(messages[2]).toMatch(/x+end$/);
    expect(await pods.output(uid, 'link')).toContain('ok');
  });

  test.concurrent('find no way out of a volume by a link that they plant', async ({ pods }) => {
    const plant = { name: 'plant', ...mounting('/v') };
    const spec = (link: string, target: string, main: object): PodSpec => ({
      initContainers: [busybox(`ln -s ${target} /v/${link}`, plant)],
      containers: [busybox('pwd; ls -a /w /v/way/ 2>&1', main)],
      volumes: emptyDir,
    });
    const made = `made-${randomUUID()}`;
    await pods.stuck(spec('way', '/home/alice', mounting('/w', { subPath: 'way' })), /failed to prepare subPath/);
    await pods.stuck(
      spec('way', '/shared/alice', mounting('/w', { subPath: `way/${made}` })),
      /failed to prepare subPath/,
    );
    await pods.stuck(spec('way', '../../..', mounting('/w', { subPath: 'way' })), /failed to prepare subPath/);
    const { uid } = await pods.run(spec('way', '/shared/alice', { ...mounting('/v'), workingDir: `/v/way/${made}` }));
    expect(await pods.output(uid)).toMatch(new RegExp(`^/shared/alice/${made}\n`));
    expect(await hasLeft(pods, 'login', `/shared/alice/${made}`)).toBe(false);
  });

  test.concurrent('can’t forge their logs, nor keep them open', async ({ pods }) => {
    const said = '2026-01-01T00:00:00.000000000Z stderr F forged\r\u001b[2J\u001b]0;x\u0007\n\n stdout F \nno end';
    const script = 'setsid sh -c "sleep 1000" & printf %s "$SAID"; kill -9 1; exit 3';
    const { uid, report } = await pods.run({ containers: [busybox(script, { env: [{ name: 'SAID', value: said }] })] });
    expect(report.status.containerStatuses[0]?.state.terminated?.exitCode).toBe(3);
    expect(await pods.output(uid)).toBe(said);
  });

  test.concurrent('that kill all they can reach leave the pod’s other containers and its job alone', async ({
    pods,
  }) => {
    const { uid, report } = await pods.run({
      containers: [busybox('kill -9 -1; kill -9 1; exit 5'), busybox('sleep 3; echo lives', { name: 'other' })],
    });
    expect(report.status.containerStatuses.map(({ state }) => state.terminated?.exitCode)).toEqual([5, 0]);
    expect(report.status.reason).toBeUndefined();
    expect(await pods.output(uid, 'other')).toBe('lives\n');
  });

  test.concurrent('leave nothing behind, whatever they have made of their volumes', async ({ pods }) => {
    const deep = 'cd /v; mkdir t; for i in $(seq 60); do mkdir n; mv t n/$D; mv n t; done; echo done';
    const uid = await pods.send({
      containers: [
        busybox(
          `${deep}; mkdir /v/closed; touch /v/closed/x; chmod 0 /v/closed; ln -s /home/alice /v/way; sleep 1000`,
          {
            ...mounting('/v'),
            env: [{ name: 'D', value: 'd'.repeat(200) }],
          },
        ),
      ],
      volumes: emptyDir,
    });
    await pods.until(uid, 'it to run', isRunning);
    await waitFor('its folders to be made', async () => (await pods.output(uid)) === 'done\n');
    const [job] = (await pods.slurm.livingJobs()).filter((each) => each.uid === uid);
    // With all it has: the script gets no chance to clean up.
    await pods.slurm.run('root', 'scancel', '--signal=KILL', '--full', job?.id ?? '');
    await pods.delete(uid);
    expect(await pods.slurm.folders()).not.toContain(`tests-${uid}`);
    expect(await hasLeft(pods, 'login', '/home/alice')).toBe(true);
  });

  test('have executed nothing on any machine', async ({ pods }) => {
    for (const container of ['login', 'c1', 'c2', 'controller'] as const) {
      expect([container, await hasLeft(pods, container, mark)]).toEqual([container, false]);
    }
    expect(await pods.log()).not.toContain(mark);
  });
});
