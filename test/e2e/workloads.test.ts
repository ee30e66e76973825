import type { Container, KubeObject, Pod, PodSpec } from '@interlink/kube';
import { describe, expect } from 'vitest';
import { waitFor } from '../testbed/index.ts';
import { PATIENCE } from '../testbed/patience.ts';
import { isReady, statusOf } from './drivers/containers.ts';
import type { Namespace } from './drivers/namespace.ts';
import { pod, shell, untilTerm } from './drivers/pods.ts';
import { cannotRun, siteTest } from './drivers/site-test.ts';

const test = siteTest('workloads');
const patient = { timeoutMs: 120_000 };

/** A pod template that only this node takes, with the label that selects it. */
function template(nodeName: string, name: string, spec: PodSpec): object {
  return { metadata: { labels: { app: name } }, spec: pod(nodeName, name, spec).spec };
}

function workload(apiVersion: string, kind: string, name: string, spec: object): KubeObject {
  return { apiVersion, kind, metadata: { name }, spec } as KubeObject;
}

const selecting = (name: string) => ({ selector: { matchLabels: { app: name } } });

async function podsOf(namespace: Namespace, name: string): Promise<Pod[]> {
  return (await namespace.pods()).filter(({ metadata }) => metadata?.labels?.app === name);
}

async function read(namespace: Namespace, resource: string, path: string): Promise<string> {
  return await namespace.run('get', resource, '-o', `jsonpath={${path}}`);
}

const afterASecond: Partial<Container> = {
  readinessProbe: { exec: { command: ['test', '-e', '/tmp/ready'] }, periodSeconds: 1, timeoutSeconds: 30 },
};

describe.skipIf(cannotRun)('on a virtual node of Docker', { concurrent: true }, () => {
  test('a Deployment rolls, and never has fewer ready pods than it wants', async ({ site, namespace }) => {
    const deployment = (word: string) =>
      workload('apps/v1', 'Deployment', 'web', {
        ...selecting('web'),
        replicas: 2,
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
        template: template(site.nodeName, 'web', {
          restartPolicy: 'Always',
          containers: [shell('main', `echo ${word}; sleep 1; touch /tmp/ready; ${untilTerm}`, afterASecond)],
        }),
      });
    await namespace.apply(deployment('old'));
    await namespace.run('rollout', 'status', 'deployment/web', `--timeout=${55 * PATIENCE}s`);
    const before = await podsOf(namespace, 'web');
    expect(before.map(isReady)).toEqual([true, true]);

    await namespace.apply(deployment('new'));
    const seen: number[] = [];
    await waitFor(
      'the Deployment to have rolled',
      async () => {
        const pods = await podsOf(namespace, 'web');
        seen.push(pods.filter(isReady).length);
        const isNew = ({ metadata }: Pod) => before.every((old) => old.metadata?.uid !== metadata?.uid);
        return pods.length === 2 && pods.every((found) => isNew(found) && isReady(found));
      },
      patient,
    );
    expect(Math.min(...seen)).toBeGreaterThanOrEqual(2);
    for (const { metadata } of await podsOf(namespace, 'web')) {
      expect(await namespace.run('logs', metadata?.name ?? '')).toBe('new\n');
    }
  });

  test('a Job ends when each of its indexes has ended well', async ({ site, namespace }) => {
    await namespace.apply(
      workload('batch/v1', 'Job', 'indexed', {
        ...{ completions: 4, parallelism: 2, completionMode: 'Indexed' },
        template: template(site.nodeName, 'indexed', {
          containers: [shell('main', 'echo "index $JOB_COMPLETION_INDEX"')],
        }),
      }),
    );
    const succeeded = async () => (await read(namespace, 'job/indexed', '.status.succeeded')) === '4';
    await waitFor('four completions', succeeded, patient);
    const pods = await podsOf(namespace, 'indexed');
    const words = await Promise.all(pods.map(({ metadata }) => namespace.run('logs', metadata?.name ?? '')));
    expect(words.sort()).toEqual(['index 0\n', 'index 1\n', 'index 2\n', 'index 3\n']);
    expect(pods.map(({ status }) => status?.phase)).toEqual(pods.map(() => 'Succeeded'));
  });

  test('a Job that says Never fails after as many pods as its back-off allows', async ({ site, namespace }) => {
    await namespace.apply(
      workload('batch/v1', 'Job', 'hopeless', {
        backoffLimit: 1,
        template: template(site.nodeName, 'hopeless', { containers: [shell('main', 'exit 4')] }),
      }),
    );
    const failure = '.status.conditions[?(@.type=="Failed")].reason';
    const hasFailed = async () => (await read(namespace, 'job/hopeless', failure)) === 'BackoffLimitExceeded';
    await waitFor('the Job to fail', hasFailed, patient);
    const pods = await podsOf(namespace, 'hopeless');
    expect(pods.map((found) => statusOf(found, 'main')?.state?.terminated?.exitCode)).toEqual([4, 4]);
  });

  test('a Job that says OnFailure is begun again in the same pod', async ({ site, namespace }) => {
    const volumeMounts = [{ name: 'notes', mountPath: '/notes' }];
    const script = 'test -e /notes/again || { touch /notes/again; echo fails; exit 4; }; echo works';
    await namespace.apply(
      workload('batch/v1', 'Job', 'again', {
        template: template(site.nodeName, 'again', {
          restartPolicy: 'OnFailure',
          volumes: [{ name: 'notes', emptyDir: {} }],
          containers: [shell('main', script, { volumeMounts })],
        }),
      }),
    );
    const succeeded = async () => (await read(namespace, 'job/again', '.status.succeeded')) === '1';
    await waitFor('the Job to complete', succeeded, patient);
    const [only, ...others] = await podsOf(namespace, 'again');
    expect(others).toEqual([]);
    expect(only && statusOf(only, 'main')).toMatchObject({
      restartCount: 1,
      state: { terminated: { exitCode: 0 } },
      lastState: { terminated: { exitCode: 4 } },
    });
    const name = only?.metadata?.name ?? '';
    expect(await namespace.run('logs', name)).toBe('works\n');
    expect(await namespace.run('logs', name, '--previous')).toBe('fails\n');
  });

  test('a CronJob fires by its schedule, and by hand', async ({ site, namespace }) => {
    const jobTemplate = {
      spec: { template: template(site.nodeName, 'tick', { containers: [shell('main', 'echo tick')] }) },
    };
    await namespace.apply(workload('batch/v1', 'CronJob', 'tick', { schedule: '* * * * *', jobTemplate }));
    await namespace.run('create', 'job', 'by-hand', '--from=cronjob/tick');
    await namespace.run('wait', '--for=condition=Complete', 'job/by-hand', `--timeout=${55 * PATIENCE}s`);
    const fired = async () => {
      const { items } = JSON.parse(await namespace.run('get', 'jobs', '-o', 'json')) as {
        items: Array<{ metadata: { name: string }; status?: { succeeded?: number } }>;
      };
      return items.some(({ metadata, status }) => metadata.name !== 'by-hand' && status?.succeeded === 1);
    };
    await waitFor('a Job of the schedule to complete', fired, patient);
    for (const { metadata } of await podsOf(namespace, 'tick')) {
      expect(await namespace.run('logs', metadata?.name ?? '')).toBe('tick\n');
    }
  });

  test('a StatefulSet starts one pod after the other, and gives one that went its name again', async ({
    site,
    namespace,
  }) => {
    await namespace.apply(
      workload('apps/v1', 'StatefulSet', 'db', {
        ...selecting('db'),
        replicas: 2,
        serviceName: 'db',
        template: template(site.nodeName, 'db', {
          restartPolicy: 'Always',
          containers: [shell('main', `hostname; sleep 1; touch /tmp/ready; ${untilTerm}`, afterASecond)],
        }),
      }),
    );
    const second = await namespace.waitForPod('db-1', 'ready', isReady, patient);
    const first = await namespace.pod('db-0');
    const ready = first.status?.conditions?.find(({ type }) => type === 'Ready');
    const toTime = (time: unknown) => Date.parse(String(time));
    expect(toTime(second.metadata?.creationTimestamp)).toBeGreaterThanOrEqual(toTime(ready?.lastTransitionTime));
    expect(await namespace.run('logs', 'db-1')).toBe('db-1\n');

    await namespace.run('delete', 'pod', 'db-0');
    const isAnother = (found: Pod) => isReady(found) && found.metadata?.uid !== first.metadata?.uid;
    await namespace.waitForPod('db-0', 'there again', isAnother, patient);
    expect(await namespace.run('logs', 'db-0')).toBe('db-0\n');
  });
});
