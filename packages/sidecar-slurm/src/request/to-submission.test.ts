import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findOption } from '../flags/sbatch-options.ts';
import { partitions } from '../testing/partitions.ts';
import { limits, owner, type PodParts, requestOf } from '../testing/pods.ts';
import { slurmSite } from '../testing/slurm-site.ts';
import { toSubmission } from './to-submission.ts';

const flagsName = 'slurm-job.vk.io/flags';
const always = ['--no-requeue', '--signal=B:TERM@30'];
const flavors = {
  cpu: { CPUDefault: 4, MemoryDefault: '16G', SlurmFlags: ['--partition=cpu', '--time=60'] },
  gpu: { CPUDefault: 8, SlurmFlags: ['--gres=gpu:1', '--partition=gpu', '--account=ai'] },
};
const flavored = slurmSite({ Flavors: flavors, DefaultFlavor: 'cpu' });

describe('toSubmission()', () => {
  test.each<[string, PodParts, ReadonlyArray<string>]>([
    ['nothing', {}, always],
    [
      'resources',
      { container: limits({ cpu: '1500m', memory: '1Gi', 'nvidia.com/gpu': '2' }) },
      ['--cpus-per-task=2', '--gres=gpu:2', '--mem=1024M', ...always],
    ],
    [
      'a deadline, its grace period, and as much as Slurm may be early',
      { spec: { activeDeadlineSeconds: 100, terminationGracePeriodSeconds: 10 } },
      ['--no-requeue', '--time=3', '--signal=B:TERM@10'],
    ],
    ['no grace period', { spec: { terminationGracePeriodSeconds: 0 } }, ['--no-requeue', '--signal=B:TERM@1']],
    [
      'the longest grace period',
      { spec: { terminationGracePeriodSeconds: 1e6 } },
      ['--no-requeue', '--signal=B:TERM@65535'],
    ],
    [
      'an annotation, which goes before the fields',
      {
        container: limits({ cpu: '1', memory: '1Gi', 'nvidia.com/gpu': '1' }),
        annotations: { [flagsName]: '-p gpu --mem-per-cpu=2G --gpus=4 -A "my account"' },
      },
      [
        '--account=my account',
        '--cpus-per-task=1',
        '--gpus=4',
        '--mem-per-cpu=2G',
        '--no-requeue',
        '--partition=gpu',
        '--signal=B:TERM@30',
      ],
    ],
    [
      'the type of GPUs by node selector',
      { container: limits({ 'amd.com/gpu': '1' }), spec: { nodeSelector: { 'amd.com/gpu.product-name': 'mi210' } } },
      ['--gres=gpu:mi210:1', ...always],
    ],
    [
      'the old prefix',
      { annotations: { 'slurm-job.knoc.io/flags': '--qos=low' } },
      ['--no-requeue', '--qos=low', '--signal=B:TERM@30'],
    ],
  ])('renders %s', (_, parts, options) => {
    const { options: rendered, warnings } = toSubmission(requestOf(parts), owner, slurmSite());
    expect(rendered).toEqual(options);
    expect(warnings).toEqual([]);
  });

  test.each<[string, PodParts, object]>([
    [
      'the default flavor',
      {},
      {
        flavor: 'cpu',
        options: [
          '--cpus-per-task=4',
          '--mem=16384M',
          '--no-requeue',
          '--partition=cpu',
          '--time=60',
          '--signal=B:TERM@30',
        ],
      },
    ],
    [
      'the pod before its flavor',
      { container: limits({ cpu: '1', memory: '1Mi' }), spec: { activeDeadlineSeconds: 600 } },
      {
        timeLimitSeconds: 720,
        options: [
          '--cpus-per-task=1',
          '--mem=1M',
          '--no-requeue',
          '--partition=cpu',
          '--time=12',
          '--signal=B:TERM@30',
        ],
      },
    ],
    [
      'the flavor for GPUs, with as many as the pod wants',
      { container: limits({ 'nvidia.com/gpu': '2' }), annotations: { [flagsName]: '--partition=big' } },
      {
        flavor: 'gpu',
        partitions: ['big'],
        options: expect.arrayContaining(['--gres=gpu:2', '--account=ai', '--partition=big']),
      },
    ],
    [
      'the flavor that the pod names',
      { annotations: { 'slurm-job.vk.io/flavor': 'gpu' } },
      { flavor: 'gpu', partitions: ['gpu'], options: expect.arrayContaining(['--cpus-per-task=8', '--gres=gpu:1']) },
    ],
  ])('takes %s', (_, parts, expected) => {
    expect(toSubmission(requestOf(parts), owner, flavored)).toMatchObject(expected);
  });

  test('goes to the partitions that the virtual node stands for, and to no others', () => {
    const site = slurmSite({ 'Slurm.Partitions': { vk: ['main', 'short'] }, Flavors: flavors, DefaultFlavor: 'cpu' });
    const submit = (flags: string) => toSubmission(requestOf({ annotations: { [flagsName]: flags } }), owner, site);
    expect(submit('').partitions).toEqual(['main', 'short']);
    expect(submit('-p short').partitions).toEqual(['short']);
    expect(() => submit('-p main,gpu')).toThrow(/--partition names gpu, but node vk stands for main, short/);
  });

  test('keeps to the time limit of the partition where the deadline does', () => {
    const submit = (seconds: number) =>
      toSubmission(
        requestOf({ spec: { activeDeadlineSeconds: seconds }, annotations: { [flagsName]: '-p short' } }),
        owner,
        slurmSite(),
        partitions,
      );
    expect(submit(100).options).toContain('--time=4');
    expect(submit(290).options).toContain('--time=5');
    expect(() => submit(301)).toThrow(/partition short lets jobs run for 5:00, the pod asks for 6:00/);
  });

  test('is requeued only where the administrator lets a pod ask for it', () => {
    const request = requestOf({ annotations: { [flagsName]: '--requeue' } });
    expect(() => toSubmission(request, owner, slurmSite())).toThrow(/--requeue is not allowed here/);
    const { options, isRequeued } = toSubmission(request, owner, slurmSite({ 'Slurm.AllowedFlags': ['requeue'] }));
    expect(isRequeued).toBe(true);
    expect(options).toEqual(['--requeue', '--signal=B:TERM@30']);
  });

  test('tells of what is without effect in one event, and of variables in another', () => {
    const { warnings } = toSubmission(
      requestOf({
        spec: { subdomain: 'h' },
        container: {
          env: [
            { name: 'a.b', value: '1' },
            { name: 'OK', value: '' },
          ],
          livenessProbe: { tcpSocket: { port: 1 } },
        },
        annotations: { [flagsName]: '--job-name=x', 'slurm-job.vk.io/pre-exec': 'id' },
      }),
      owner,
      slurmSite({ EnableProbes: false }),
    );
    expect(warnings).toEqual([
      { type: 'Warning', reason: 'FieldIgnored', message: expect.any(String) },
      {
        ...{ type: 'Warning', reason: 'InvalidEnvironmentVariableNames' },
        message: 'Variables a.b of container c0 are left out: jobs have names of letters, digits and "_" only',
      },
    ]);
    expect(warnings[0]?.message).toBe(
      'Not done by this node: spec.subdomain: "h" (a job is in no domain of the cluster); ' +
        "annotation slurm-job.vk.io/flags: --job-name is the sidecar's own; " +
        'annotation slurm-job.vk.io/pre-exec: Policy.AllowPodAnnotations does not list pre-exec; ' +
        'probes of container c0: EnableProbes is false',
    );
  });

  test('refuses all at once, each by its name', () => {
    const request = requestOf({
      spec: { hostPID: true, ephemeralContainers: [{ name: 'e' }], volumes: [{ name: 'v', nfs: { server: 's' } }] },
      container: {
        ...limits({ 'example.com/x': '1', 'nvidia.com/gpu': '1' }),
        readinessProbe: { grpc: { port: 1 } },
        securityContext: { runAsUser: 7 },
      },
      annotations: {
        [flagsName]: '--wrap=id -t soon',
        'slurm-job.vk.io/flavor': 'none',
        'slurm-job.vk.io/gpu-type': 'a:1',
      },
    });
    const message = (() => {
      try {
        toSubmission(request, owner, slurmSite());
        return '';
      } catch (error) {
        expect(error).toMatchObject({ code: 'failed_precondition' });
        return String(error);
      }
    })();
    for (const part of [
      ...["spec.hostPID: true can't be had", 'spec.containers[0].readinessProbe', 'spec.volumes[0].nfs'],
      ...['ephemeralContainers: nothing is added', 'asks for 1 example.com/x', 'runAsUser is 7, jobs run as user 1500'],
      ...[
        "--wrap can't be set by a pod",
        '--time: "soon" is none',
        '"none" is no flavor: this site has none',
        '"a:1": the type of a GPU',
      ],
    ]) {
      expect(message).toContain(part);
    }
  });

  test('never lets a text of the pod become another option, a line, or a word of its own', () => {
    const site = slurmSite({ Flavors: flavors, 'Policy.AllowPodAnnotations': ['pre-exec', 'mpi-flags'] });
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 20 }),
      fc.constantFrom('--wrap=id', '-p gpu\n--wrap=id', "-p 'a\nb'", '--comment x', ': --export=ALL', '-Dx', '-A$(id)'),
    );
    const keys = ['flags', 'flavor', 'gpu-type', 'pre-exec', 'mpi-flags'].map((name) => `slurm-job.vk.io/${name}`);
    fc.assert(
      fc.property(fc.array(text, { minLength: 5, maxLength: 5 }), (texts) => {
        const annotations = Object.fromEntries(keys.map((key, index) => [key, texts[index] ?? '']));
        let options: ReadonlyArray<string> = [];
        try {
          options = toSubmission(requestOf({ annotations }), owner, site).options;
        } catch (error) {
          expect(error).toMatchObject({ code: 'failed_precondition' });
        }
        for (const option of options) {
          const [, name = ''] = /^--([a-z-]+)(?:=[ -~]+)?$/.exec(option) ?? [];
          if (option === '--signal=B:TERM@30') continue;
          expect(findOption(name)?.standing).toMatch(/^(common|possible)$/);
        }
      }),
      { numRuns: 150 },
    );
  });
});
