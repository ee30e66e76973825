import { parsePodRequest } from '@interlink/protocol';
import { describe, expect, it } from 'vitest';
import { ResolveError, resolvePod } from './resolve-pod.ts';
import { FakeObjects, NODE } from './testing/fake-objects.ts';
import { podWithVolumes, somePod } from './testing/pods.ts';

const signal = new AbortController().signal;
const tokenVolume = {
  name: 'kube-api-access',
  projected: {
    sources: [
      { serviceAccountToken: { path: 'token', expirationSeconds: 3607 } },
      { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
    ],
  },
};

describe('resolvePod()', () => {
  it('gives a pod request: plain env, expanded commands, files, and the rest as it was', async () => {
    const objects = new FakeObjects()
      .addConfigMap('cm', { COLOR: 'red' })
      .addConfigMap('kube-root-ca.crt', { 'ca.crt': 'PEM' })
      .addSecret('sec', { WORD: 'hunter2' });
    const mount = { name: 'kube-api-access', mountPath: '/var/run/secrets', readOnly: true };
    const main = {
      name: 'main',
      image: 'busybox',
      command: ['sh', '-c', 'echo $(COLOR) $$(COLOR)'],
      args: ['$(WORD)', '$(NO)'],
      envFrom: [{ configMapRef: { name: 'cm' } }],
      env: [{ name: 'WORD', valueFrom: { secretKeyRef: { name: 'sec', key: 'WORD' } } }],
      volumeMounts: [{ ...mount, subPathExpr: '$(COLOR)' }],
      ports: [{ containerPort: 80 }],
    };
    const first = { name: 'first', command: ['$(ME)'], env: [{ name: 'ME', value: 'init' }] };
    const pod = somePod(
      {},
      {
        containers: [main],
        initContainers: [first],
        ephemeralContainers: [{ name: 'debug' }],
        volumes: [tokenVolume, { name: 'tmp', emptyDir: {} }],
        tolerations: [{ operator: 'Exists' }],
      },
    );
    const { request, notices } = await resolvePod(pod, { objects, node: NODE, signal });
    expect(notices).toEqual([]);
    expect(parsePodRequest(JSON.parse(JSON.stringify(request)))).toEqual(request);
    expect(request.pod.metadata).toEqual({
      name: 'pod',
      namespace: 'ns',
      uid: '11111111-2222-4333-8444-555555555555',
      labels: { app: 'web', tier: 'front' },
      annotations: { note: 'say "hi"\nand bye' },
      generation: 1,
      creationTimestamp: '2026-01-02T03:04:05Z',
    });
    expect(request.pod.spec).toEqual({
      nodeName: 'virtual-1',
      serviceAccountName: 'robot',
      restartPolicy: 'Always',
      tolerations: [{ operator: 'Exists' }],
      volumes: [tokenVolume, { name: 'tmp', emptyDir: {} }],
      initContainers: [{ name: 'first', command: ['init'], env: [{ name: 'ME', value: 'init' }] }],
      containers: [
        {
          name: 'main',
          image: 'busybox',
          command: ['sh', '-c', 'echo red $(COLOR)'],
          args: ['hunter2', '$(NO)'],
          env: [
            { name: 'COLOR', value: 'red' },
            { name: 'WORD', value: 'hunter2' },
          ],
          volumeMounts: [{ ...mount, subPath: 'red' }],
          ports: [{ containerPort: 80 }],
        },
      ],
    });
    const base64 = (text: string) => Buffer.from(text).toString('base64');
    expect(request.volumes).toEqual([
      {
        name: 'kube-api-access',
        files: [
          { path: 'token', mode: 0o644, data: base64('token-of-robot') },
          { path: 'ca.crt', mode: 0o644, data: base64('PEM') },
        ],
      },
    ]);
    expect(objects.tokenRequests).toEqual([
      {
        serviceAccount: 'robot',
        audiences: [],
        expirationSeconds: 3607,
        pod: { name: 'pod', uid: '11111111-2222-4333-8444-555555555555' },
      },
    ]);
  });

  it('reads each object once, and none that is not named', async () => {
    const objects = new FakeObjects().addConfigMap('cm', { A: '1' }).addSecret('unused', { A: '1' });
    const envFrom = [{ configMapRef: { name: 'cm' } }, { prefix: 'P', configMapRef: { name: 'cm' } }];
    const pod = somePod({ envFrom }, { initContainers: [{ name: 'i', envFrom }] });
    await resolvePod(
      { ...pod, spec: { containers: [], ...pod.spec, volumes: [{ name: 'v', configMap: { name: 'cm' } }] } },
      { objects, node: NODE, signal },
    );
    expect(objects.reads).toEqual(['configmaps/cm']);
  });

  it('names the first container at fault, with the events of the kubelet and of Virtual Kubelet', async () => {
    const envFrom = [{ configMapRef: { name: 'maybe', optional: true } }, { secretRef: { name: 'x' } }];
    const pod = somePod({}, { initContainers: [{ name: 'fine' }, { name: 'bad', envFrom }] });
    const err = await failure(resolvePod(pod, { objects: new FakeObjects(), node: NODE, signal }));
    expect(err).toMatchObject({
      message: 'secret "x" not found',
      reason: 'CreateContainerConfigError',
      container: 'bad',
      missing: [{ kind: 'Secret', namespace: 'ns', name: 'x' }],
    });
    const notice = { type: 'Warning', container: 'bad' };
    expect(err.notices).toEqual([
      { ...notice, reason: 'OptionalConfigMapNotFound', message: 'configmap "maybe" not found' },
      { ...notice, reason: 'MandatorySecretNotFound', message: 'secret "x" not found' },
      { ...notice, reason: 'Failed', message: 'Error: secret "x" not found' },
    ]);
  });

  it('asks for no token while something else is missing', async () => {
    const objects = new FakeObjects();
    const err = await failure(resolvePod(podWithVolumes(tokenVolume), { objects, node: NODE, signal }));
    expect(err.message).toBe(
      'MountVolume.SetUp failed for volume "kube-api-access" : configmap "kube-root-ca.crt" not found',
    );
    expect(objects.tokenRequests).toEqual([]);
  });

  it('tells when a token is refused', async () => {
    const objects = new FakeObjects().addConfigMap('kube-root-ca.crt', { 'ca.crt': 'PEM' });
    objects.forbidden.add('robot');
    const err = await failure(resolvePod(podWithVolumes(tokenVolume), { objects, node: NODE, signal }));
    expect(err.notices).toEqual([
      {
        type: 'Warning',
        reason: 'FailedMount',
        message:
          'MountVolume.SetUp failed for volume "kube-api-access" : failed to fetch token: serviceaccounts "robot" is forbidden: no',
      },
    ]);
  });

  it('tells of a pod that does not fit the wire', async () => {
    const pod = somePod({ image: 'x'.repeat(3000) });
    const err = await failure(resolvePod(pod, { objects: new FakeObjects(), node: NODE, signal }));
    expect(err).toMatchObject({ reason: 'CreateContainerConfigError', container: undefined });
    expect(err.message).toContain('/pod/spec/containers/0/image');
  });

  it('passes on what is no fault of the pod', async () => {
    const objects = new FakeObjects();
    objects.configMap = () => Promise.reject(new DOMException('stop', 'AbortError'));
    const pod = somePod({ envFrom: [{ configMapRef: { name: 'cm' } }] });
    await expect(resolvePod(pod, { objects, node: NODE, signal })).rejects.toThrow(DOMException);
  });
});

async function failure(resolving: Promise<unknown>): Promise<ResolveError> {
  const err = await resolving.catch((reason: unknown) => reason);
  if (!(err instanceof ResolveError)) throw new Error('want a ResolveError', { cause: err });
  return err;
}
