import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { jobFiles } from './job-files.ts';
import type { JobPlan } from './job-plan.ts';
import { renderJobScript, renderPod, renderWork } from './render-job-script.ts';
import { jobPlan, plannedContainer, plannedImage } from './testing/plans.ts';

const exec = (...command: string[]) => ({ exec: { command } });

/** One image that needs a login, and one that is a file. */
const privateImage = plannedImage({
  ...{ uri: 'docker://reg.example.org:5000/team/solver@sha256:2222', name: 'reg.example.org:5000/team/solver:2' },
  ...{ key: 'sha256-2222', imageId: 'reg.example.org:5000/team/solver@sha256:2222', policy: 'Always' },
  ...{ repository: 'reg.example.org:5000/team/solver', accessKeys: ['0a1b', 'anybody'], isInsecure: true },
  logins: [{ username: 'secret-user', password: 'secret-password' }],
});
const fileImage = plannedImage({
  ...{ uri: '', name: '', path: "/cvmfs/images/it's.sif", key: '', imageId: '', repository: '', accessKeys: [] },
});
const runtimeContainers = [
  plannedContainer('setup', { kind: 'init', image: "/cvmfs/images/it's.sif" }),
  plannedContainer('main', {
    ...{ image: 'reg.example.org:5000/team/solver:2', imagePullPolicy: 'Always', workingDir: '/srv/my data' },
    mounts: [
      {
        volume: 'data',
        source: { in: 'host', path: '/data', below: '', type: 'DirectoryOrCreate' },
        target: '/data',
        readOnly: false,
      },
      { volume: 'config', source: { in: 'pod-folder', path: 'volumes/config' }, target: '/etc/app', readOnly: true },
    ],
  }),
] as const;
const runtimeNames = {
  imageCache: '/home/alice/.interlink/slurm/.images',
  hostname: 'p',
  hostLines: ['10.0.0.1\tone\ttwo', '10.0.0.2\tthree'],
} as const;

/** `vitest run packages/sidecar-slurm/src/script/render-job-script.test.ts -u` writes testdata anew. */
const pods: Array<[name: string, parts: Partial<JobPlan>]> = [
  ['one-container', {}],
  [
    'init-and-sidecar',
    {
      graceSeconds: 5,
      deadlineSeconds: 600,
      containers: [
        plannedContainer('init', { kind: 'init', restartPolicy: 'OnFailure' }),
        plannedContainer('proxy', {
          ...{ kind: 'sidecar', restartPolicy: 'Always', image: 'proxy:1' },
          probes: { startupProbe: { tcpSocket: { port: 'admin' }, periodSeconds: 1, failureThreshold: 30 } },
          ports: { ports: [{ name: 'admin', containerPort: 9901 }] },
        }),
        plannedContainer('main', { restartRules: [{ operator: 'In', exitCodes: [42, 43] }] }),
      ],
    },
  ],
  [
    'probes-and-hooks',
    {
      containers: [
        plannedContainer('main', {
          restartPolicy: 'Always',
          workingDir: '/srv/my data',
          stopSignal: 'INT',
          probes: {
            livenessProbe: {
              httpGet: {
                path: '/alive?a=1 2',
                port: 8080,
                httpHeaders: [{ name: 'authorization', value: 'Bearer secret' }],
              },
              terminationGracePeriodSeconds: 2,
            },
            readinessProbe: {
              ...exec('sh', '-c', 'test "$TOKEN" = secret'),
              initialDelaySeconds: 5,
              successThreshold: 2,
            },
          },
          hooks: { postStart: exec('touch', 'started'), preStop: { sleep: { seconds: 3 } } },
        }),
      ],
    },
  ],
  [
    'input-and-terminal',
    {
      containers: [
        plannedContainer('filter', { stdin: 'once' }),
        plannedContainer('shell', { stdin: 'kept', tty: true }),
      ],
    },
  ],
  [
    'volumes-and-site-text',
    {
      site: { commandPrefix: 'module load apptainer', preExec: "echo 'of the pod'" },
      proxy: { loginNode: 'login', libraryPath: '/usr/lib/libtsocks.so' },
      scratchVolumes: [
        { name: 'cache', medium: 'scratch' },
        { name: 'shm', medium: 'memory' },
      ],
      scratchFolder: { variable: 'TMPDIR', path: '/pods' },
      containers: [
        plannedContainer('main', {
          mounts: [
            {
              volume: 'config',
              source: { in: 'pod-folder', path: 'volumes/config' },
              target: '/etc/app',
              readOnly: true,
            },
            {
              volume: 'cache',
              source: { in: 'scratch', path: 'cache' },
              subPath: 'a/b',
              target: '/cache',
              readOnly: false,
            },
            { volume: 'shm', source: { in: 'memory', path: 'shm' }, target: '/dev/shm', readOnly: false },
            {
              volume: 'data',
              source: { in: 'host', path: '/data', below: 'my set', type: 'Directory' },
              target: '/data',
              readOnly: true,
            },
          ],
        }),
      ],
    },
  ],
  [
    'apptainer',
    {
      fileSystem: 'unknown',
      containers: runtimeContainers,
      runtime: {
        ...{ driver: 'apptainer', path: '/opt/apptainer/bin/apptainer', ...runtimeNames },
        options: ['--bind', '/cvmfs:/cvmfs', '--env', "A=it's"],
        prefix: ['numactl', '--all'],
        containers: {
          setup: { image: fileImage, isReadOnly: false },
          main: { image: privateImage, gpus: 'nvidia', isReadOnly: true },
        },
      },
    },
  ],
  [
    'enroot',
    {
      containers: runtimeContainers,
      imagesPulledBy: 'login',
      runtime: {
        ...{ driver: 'enroot', path: 'enroot', ...runtimeNames },
        options: ['--mount', '/cvmfs:/cvmfs'],
        containers: {
          setup: { image: fileImage, uri: '', isReadOnly: true },
          main: {
            image: privateImage,
            uri: 'docker://reg.example.org:5000#team/solver:2',
            gpus: 'amd',
            isReadOnly: false,
          },
        },
      },
    },
  ],
];

test.each(pods)('renderJobScript() of the pod %s', async (name, parts) => {
  const plan = jobPlan(parts);
  const text = `${renderPod(plan)}\n# (the library)\n${renderWork(plan)}`;
  expect(text).not.toContain('secret-');
  await expect(text).toMatchFileSnapshot(`testdata/${name}.sh`);
});

test.each(pods)('renderJobScript() of the pod %s is bash', (_, parts) => {
  const { status, stderr } = spawnSync('bash', ['-n'], { input: renderJobScript(jobPlan(parts)), encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(status).toBe(0);
});

test('renderJobScript() leaves what may be secret to files', () => {
  const secret = plannedContainer('main', {
    command: ['secret-word'],
    args: ['secret-argument'],
    env: [{ name: 'TOKEN', value: 'secret-value' }],
    mpiFlags: ['--secret-flag'],
    probes: {
      livenessProbe: { httpGet: { port: 1, httpHeaders: [{ name: 'host', value: 'secret-host' }] } },
      readinessProbe: exec('secret-probe'),
    },
    hooks: { preStop: exec('secret-hook') },
  });
  const plan = jobPlan({ containers: [secret] });
  expect(String(renderJobScript(plan))).not.toContain('secret-');
  expect(jobFiles(plan)).toEqual(
    [
      ['command', 'secret-word\0'],
      ['args', 'secret-argument\0'],
      ['env', 'TOKEN=secret-value\0'],
      ['mpi-flags', '--secret-flag\0'],
      ['probe-liveness', 'Host: secret-host\0User-Agent: kube-probe/1.34\0Accept: */*\0Connection: close\0'],
      ['probe-readiness', 'secret-probe\0'],
      ['hook-preStop', 'secret-hook\0'],
    ].map(([name, content]) => ({ path: `containers/main/${name}`, content })),
  );
});

test('renderJobScript() refuses a probe of a port that its container does not name', () => {
  const main = plannedContainer('main', { probes: { livenessProbe: { tcpSocket: { port: 'web' } } } });
  expect(() => renderJobScript(jobPlan({ containers: [main] }))).toThrow(
    'of container main has no way: port "web" not found',
  );
});
