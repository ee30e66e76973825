import { networkInterfaces } from 'node:os';
import { test as base, describe, expect, inject } from 'vitest';
import { ON_DEMAND_TIMEOUT_MS, offers, slurmHost } from '../testbed/index.ts';
import { runProgram } from './drivers/run-program.ts';
import { cannotRun, siteTest } from './drivers/site-test.ts';
import { partsOf } from './drivers/testbed-parts.ts';

const testbed = inject('testbed');

/** The API server hands nothing on to loopback, which sites of tests have otherwise. */
const address = Object.values(networkInterfaces())
  .flatMap((list) => list ?? [])
  .find(({ family, internal }) => family === 'IPv4' && !internal)?.address;

const test = siteTest('doctor', { env: address === undefined ? {} : { POD_IP: address } });

interface Report {
  readonly problems: number;
  readonly checks: ReadonlyArray<{
    readonly name: string;
    readonly findings: ReadonlyArray<{ readonly outcome: string; readonly what: string }>;
  }>;
}

describe.skipIf(cannotRun)('interlink doctor', () => {
  const doctorTest = test.extend('doctor', async ({ site, controlPlane }) => {
    /** What it finds from here, by check, as the site's own processes see the world but for these variables. */
    return async (args: ReadonlyArray<string>, env: Readonly<Record<string, string>> = {}) => {
      const { port } = new URL(site.sidecarUrl);
      const { exitCode, stdout, stderr } = await runProgram(
        [
          'interlink',
          'doctor',
          '--kubeconfig',
          controlPlane.kubeconfig,
          '--nodename',
          site.nodeName,
          ...args,
          '-o',
          'json',
        ],
        {
          HOME: '/nowhere',
          XDG_CONFIG_HOME: site.tokenFile.replace(/\/interlink\/token$/, ''),
          INTERLINKPORT: new URL(site.interlinkUrl).port,
          SIDECARPORT: port,
          DOCKER_HOST: partsOf(testbed).docker.host,
          ...env,
        },
      );
      const report: Report = JSON.parse(stdout);
      return {
        exitCode,
        stderr,
        problems: report.problems,
        found: foundIn(report),
      };
    };
  });

  doctorTest('finds no problem at a site that works, and a pod runs', async ({ doctor, site }) => {
    const { exitCode, problems, found } = await doctor(['--run-pod']);
    expect(found).toMatchObject({
      'clock-skew': expect.arrayContaining(['ok: the clock of the Kubernetes API agrees with this one']),
      interlink: [
        expect.stringMatching(/^ok: InterLink at \S+ answers: protocol v2 and v1, docker /),
        ...warnings(found.interlink),
      ],
      sidecars: [expect.stringMatching(/^ok: the sidecar at \S+ answers/), ...warnings(found.sidecars)],
      'kubernetes-api': [expect.stringMatching(/^ok: \S+ answers: Kubernetes v1\./)],
      permissions: [expect.stringMatching(/^ok: all \d+ permissions of deploy\/rbac are there$/)],
      'kubelet-port': [expect.stringMatching(address === undefined ? /^skipped: / : /^ok: the API server reaches /)],
      'docker-engine': [expect.stringMatching(/^ok: docker /), ...warnings(found['docker-engine'])],
      'run-pod': [`ok: a pod ran on ${site.nodeName}, its log came back, and it went`],
    });
    expect([exitCode, problems]).toEqual([0, 0]);
  });

  doctorTest('finds what is wrong at one that does not', async ({ doctor, site }) => {
    await site.sidecar.stop();
    await site.vk.stop();
    const { exitCode, found } = await doctor([], { DOCKER_HOST: 'unix:///nowhere/docker.sock' }).finally(
      async () => await Promise.all([site.sidecar.start('listening'), site.vk.start('backend within reach')]),
    );
    expect(found).toMatchObject({
      sidecars: [expect.stringMatching(/^problem: the sidecar at \S+: connect ECONNREFUSED/)],
      'kubelet-port': [expect.stringMatching(address === undefined ? /^skipped: / : /^problem: .*connection refused/)],
      'docker-engine': [expect.stringMatching(/^problem: unix:\/\/\/nowhere\/docker\.sock: ENOENT/)],
    });
    expect(exitCode).toBe(1);
  });
});

describe.skipIf(!offers(testbed, 'slurmHost'))(
  'interlink doctor beside a Slurm',
  { timeout: ON_DEMAND_TIMEOUT_MS },
  () => {
    base.for([
      ['answers', (conf: string) => conf, /^ok: Slurm \d+\.\d+\S* answers; all commands are there$/],
      ['is not configured', () => '/nowhere/slurm.conf', /^problem: SLURM_CONF: ENOENT/],
    ] as const)('that %s', async ([, confOf, line]) => {
      const { conf } = await slurmHost(testbed);
      const { stdout } = await runProgram(['interlink', 'doctor', '--side', 'site', '-o', 'json'], {
        ...{ HOME: '/nowhere', SIDECARSERVICE: 'slurm', SIDECARURL: 'unix:///nowhere/sidecar.sock' },
        SLURM_CONF: confOf(conf),
      });
      expect(foundIn(JSON.parse(stdout))['slurm-commands']?.[0]).toMatch(line);
    });
  },
);

function foundIn({ checks }: Report): Record<string, string[]> {
  return Object.fromEntries(
    checks.map(({ name, findings }) => [name, findings.map(({ outcome, what }) => `${outcome}: ${what}`)]),
  );
}

function warnings(lines: ReadonlyArray<string> = []): string[] {
  return lines.filter((line) => line.startsWith('warning: '));
}
