import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { PodReference, PodReport, PodSpec } from '@interlink/sidecar-sdk';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { shell, useDockerSite } from '../testing/docker-site.ts';
import {
  allCapabilities,
  capabilities,
  capabilitiesIn,
  hostDevices,
  mostCapabilities,
  printDevices,
  printStatus,
} from '../testing/host-privileges.ts';

const { docker } = inject('testbed');
const { signal: never } = new AbortController();
/** The engine has the same kernel. */
const appArmorSwitch = '/sys/module/apparmor/parameters/enabled';
const hasAppArmor = existsSync(appArmorSwitch) && readFileSync(appArmorSwitch, 'utf8').startsWith('Y');

/** https://docs.docker.com/engine/security/seccomp/: one call is forbidden, in both of its forms. */
const withoutMkdir = {
  defaultAction: 'SCMP_ACT_ALLOW',
  syscalls: [{ names: ['mkdir', 'mkdirat'], action: 'SCMP_ACT_ERRNO' }],
};
const localhost = { type: 'Localhost', localhostProfile: 'strict/without-mkdir.json' };

/** Those that every container has: https://github.com/opencontainers/runtime-spec/blob/main/config-linux.md#default-devices */
const usualDevices = ['console', 'full', 'null', 'ptmx', 'random', 'tty', 'urandom', 'zero'].map(
  (name) => `/dev/${name}`,
);
/** Docker 20.10 starts nothing with all capabilities where it has not got all of them itself. */
const lacksSome = (mostCapabilities() & allCapabilities) !== allCapabilities;
const { chown, setpcap, sysResource, sysTime } = capabilities;

describe.skipIf(docker === undefined)(
  docker === undefined ? 'securityContext (skipped: no Docker Engine can run on this machine)' : 'securityContext',
  () => {
    let profiles = '';
    beforeAll(async () => {
      profiles = await mkdtemp(join(tmpdir(), 'interlink-seccomp-'));
      await mkdir(join(profiles, 'strict'));
      await writeFile(join(profiles, localhost.localhostProfile), JSON.stringify(withoutMkdir));
    });
    const site = useDockerSite(() => ({ 'Docker.SeccompProfiles': profiles, 'Docker.AllowPrivileged': true }));
    afterAll(async () => await rm(profiles, { recursive: true, force: true }));

    /** What the script prints in a container of such a pod: the same when it is started again, as the container before it. */
    async function outputOf(script: string, securityContext: object, pod: Partial<PodSpec> = {}): Promise<string> {
      const volumeMounts = [{ name: 'kept', mountPath: '/kept' }];
      const twice = `${script}\necho run >> /kept/runs; [ "$(wc -l < /kept/runs)" = 2 ]`;
      const reference = await site.create({
        ...{ restartPolicy: 'OnFailure', volumes: [{ name: 'kept', emptyDir: {} }], ...pod },
        containers: [shell(twice, { volumeMounts, securityContext })],
      });
      const { status } = await site.until(reference, hasDone);
      expect(status.containerStatuses[0]?.restartCount).toBe(1);
      const output = await site.logOf(reference);
      const previous = await site.backend.logs(reference, 'main', { previous: true }, never);
      expect(await text(previous as AsyncIterable<Buffer>)).toBe(output);
      return output;
    }

    /** As `kubectl exec` has it. */
    async function execIn(pod: PodReference, script: string): Promise<string> {
      const options = { stdin: false, stdout: true, stderr: true, tty: false };
      const command = await site.backend.exec(pod, 'main', { command: ['sh', '-c', script], ...options }, never);
      const [out, err] = await Promise.all([command.stdout, command.stderr].map((one) => text(one as Readable)));
      await command.ended;
      return `${out}${err}`;
    }

    if (lacksSome) {
      test('privileged: is not started where the engine itself lacks capabilities, and says so in its runtime’s words', async () => {
        const pod = await site.create({ containers: [shell('true', { securityContext: { privileged: true } })] });
        const { status } = await site.until(pod, ({ status: { containerStatuses } }) =>
          containerStatuses.some(({ state }) => state.terminated?.reason === 'StartError'),
        );
        expect(status.containerStatuses[0]?.state.terminated?.message).toContain('unable to apply caps');
      });
    } else {
      test('privileged: has every capability and device of the host, and no filter of calls', async () => {
        const script = `${printStatus}; ${printDevices}; mount -t tmpfs none /tmp && echo mounted`;
        const output = await outputOf(script, { privileged: true });
        expect(output).toMatch(/^CapEff: .*\nNoNewPrivs: 0\nSeccomp: 0\n/);
        expect(capabilitiesIn(output) & allCapabilities).toBe(allCapabilities);
        expect(output.split('\n')).toEqual(expect.arrayContaining([...(await hostDevices()), 'mounted']));
      });
    }

    test('capabilities: ALL are all but what is dropped', async () => {
      const output = await outputOf(printStatus, { capabilities: { add: ['ALL'], drop: ['SYS_RESOURCE'] } });
      expect(capabilitiesIn(output) & allCapabilities).toBe(allCapabilities & ~sysResource);
    });

    test('not privileged: has the engine’s few capabilities and no device of the host', async () => {
      const script = `${printStatus}; ${printDevices}; mount -t tmpfs none /tmp 2>&1 || true`;
      const output = await outputOf(script, {});
      expect(output).toMatch(/^CapEff: .*\nNoNewPrivs: 0\nSeccomp: 2\n/);
      expect(capabilitiesIn(output) & (chown | sysTime)).toBe(chown);
      expect(output).toContain('mount: permission denied');
      const devices = output.split('\n').filter((line) => /^\/dev\/(?!pts\/)/.test(line));
      expect(usualDevices).toEqual(expect.arrayContaining(devices));
    });

    test('capabilities: lose what is dropped, and get what is added, in either spelling', async () => {
      const [plain, changed] = await Promise.all([
        outputOf(printStatus, {}),
        outputOf(printStatus, { capabilities: { drop: ['CHOWN', 'CAP_SETPCAP'], add: ['cap_sys_time'] } }),
      ]);
      expect(capabilitiesIn(changed)).toBe((capabilitiesIn(plain) & ~(chown | setpcap)) | sysTime);
      expect(capabilitiesIn(plain) & (chown | setpcap)).toBe(chown | setpcap);
    });

    test('allowPrivilegeEscalation and readOnlyRootFilesystem: hold for a container that is started again, and for commands in it', async () => {
      const securityContext = { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, runAsUser: 1000 };
      const script = `${printStatus}; touch /tmp/x 2>&1`;
      const expected = 'CapEff: 0000000000000000\nNoNewPrivs: 1\nSeccomp: 2\ntouch: /tmp/x: Read-only file system\n';
      expect(await outputOf(`{ ${script}; } || true`, securityContext)).toBe(expected);
      const pod = await site.create({ containers: [shell('sleep 600', { securityContext })] });
      await site.until(pod, isRunning);
      expect(await execIn(pod, script)).toBe(expected);
    });

    test.each<[string, object | undefined, object | undefined, string]>([
      ['RuntimeDefault', { type: 'RuntimeDefault' }, undefined, 'Seccomp: 2'],
      ['the pod’s Unconfined', undefined, { type: 'Unconfined' }, 'Seccomp: 0'],
      ['RuntimeDefault before the pod’s Unconfined', { type: 'RuntimeDefault' }, { type: 'Unconfined' }, 'Seccomp: 2'],
      ['Unconfined before the pod’s RuntimeDefault', { type: 'Unconfined' }, { type: 'RuntimeDefault' }, 'Seccomp: 0'],
    ])('seccompProfile: %s', async (_, own, pods, expected) => {
      const spec = pods === undefined ? {} : { securityContext: { seccompProfile: pods } };
      const output = await outputOf(printStatus, own === undefined ? {} : { seccompProfile: own }, spec);
      expect(output).toContain(`${expected}\n`);
    });

    test.each<[string, object, Partial<PodSpec>]>([
      ['a container', { seccompProfile: localhost }, {}],
      ['a pod', {}, { securityContext: { seccompProfile: localhost } }],
    ])('seccompProfile: Localhost of %s forbids what the administrator’s file says', async (_, own, spec) => {
      const script = `${printStatus}; mkdir /tmp/x 2>&1 || touch /tmp/y && ls /tmp`;
      const refused = "Seccomp: 2\nmkdir: can't create directory '/tmp/x': Operation not permitted\ny\n";
      expect(await outputOf(script, own, spec)).toMatch(new RegExp(`${RegExp.escape(refused)}$`));
    });

    test('seccompProfile: Localhost holds for commands in the container, and for no other container of the pod', async () => {
      const securityContext = { seccompProfile: localhost };
      const other = shell('mkdir /tmp/x && ls /tmp', { name: 'other' });
      const pod = await site.create({ containers: [shell('sleep 600', { securityContext }), other] });
      await site.until(pod, ({ status }) =>
        status.containerStatuses.some(({ state }) => state.terminated !== undefined),
      );
      expect(await site.logOf(pod, 'other')).toBe('x\n');
      await site.until(pod, ({ status }) => status.containerStatuses.some(({ state }) => state.running !== undefined));
      expect(await execIn(pod, 'mkdir /tmp/x')).toBe(
        "mkdir: can't create directory '/tmp/x': Operation not permitted\n",
      );
    });

    test.each([
      ['that is not there', 'none.json'],
      ['outside of the folder', '../without-mkdir.json'],
    ])('seccompProfile: a Localhost profile %s is refused', async (_, localhostProfile) => {
      const securityContext = { seccompProfile: { type: 'Localhost', localhostProfile } };
      await expect(site.create({ containers: [shell('true', { securityContext })] })).rejects.toThrow(
        `seccomp profile "${localhostProfile}" is none of those in Docker.SeccompProfiles`,
      );
    });

    if (hasAppArmor) {
      test('appArmorProfile: is the engine’s own, or none', async () => {
        const script = 'cat /proc/self/attr/current';
        const output = async (type: string) => await outputOf(script, { appArmorProfile: { type } });
        expect(await output('RuntimeDefault')).toBe('docker-default (enforce)\n');
        expect(await output('Unconfined')).toBe('unconfined\n');
      });
    } else {
      test('appArmorProfile: is refused where the host has none, but for Unconfined', async () => {
        for (const appArmorProfile of [{ type: 'RuntimeDefault' }, { type: 'Localhost', localhostProfile: 'mine' }]) {
          const asked = { containers: [shell('true', { securityContext: { appArmorProfile } })] };
          await expect(site.create(asked)).rejects.toThrow(
            'an AppArmor profile is asked for, and AppArmor is not enabled on the host',
          );
        }
        const securityContext = { appArmorProfile: { type: 'Unconfined' } };
        expect(await outputOf('echo runs', securityContext)).toBe('runs\n');
      });
    }
  },
);

const isRunning = ({ status }: PodReport): boolean =>
  status.containerStatuses.every(({ state }) => state.running !== undefined);

/** With success: a failure is followed by another attempt. */
const hasDone = ({ status }: PodReport): boolean =>
  status.containerStatuses.every(({ state }) => state.terminated?.exitCode === 0);
