/** One kubectl command of the script. */
export interface ScriptCommand {
  readonly args: ReadonlyArray<string>;
  /** Standard input. */
  readonly input?: string;
  /** Why the two clusters answer differently, on purpose; then only that is compared which `expects` says of the in-memory one. */
  readonly differs?: string;
  readonly expects?: RegExp;
}

export const scriptNamespace = 'kubectl-script';
export const scriptNode = 'kubectl-script-node';

const list = (...items: object[]) => JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
const configMap = (data: Record<string, string>, more: object = {}) =>
  list({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings', ...more }, data });
const container = {
  name: 'main',
  image: 'busybox:1.36',
  env: [{ name: 'A', value: 'b' }],
  ports: [{ containerPort: 80 }],
};
const pod = (name: string, spec: object = {}, annotations: object = {}) =>
  list({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels: { app: name }, annotations },
    spec: {
      nodeSelector: { 'kubernetes.io/hostname': scriptNode },
      tolerations: [{ key: 'virtual-node.interlink/no-schedule', operator: 'Exists' }],
      containers: [container],
      ...spec,
    },
  });
const log = { 'mock.interlink.eu/log': 'one\ntwo\nthree' };
const command = (text: string, more: Omit<ScriptCommand, 'args'> = {}): ScriptCommand => ({
  args: text.split(' '),
  ...more,
});

/** What people do with kubectl, in an order in which each command finds what it needs. */
export const script: ReadonlyArray<ScriptCommand> = [
  command('api-resources --api-group=coordination.k8s.io --no-headers --namespaced -o name'),
  command('get --raw /readyz'),
  command('wait --for=create serviceaccount/default --timeout=20s'),
  command('wait --for=create configmap/kube-root-ca.crt --timeout=20s'),
  command(`get namespace ${scriptNamespace}`),
  command('get namespaces no-such-namespace'),

  command('create configmap literal --from-literal=a=1 --from-literal=b=2'),
  command('create configmap literal --from-literal=a=1'),
  command('get configmap literal -o jsonpath={.data}'),
  command('get cm literal kube-root-ca.crt'),
  command('create -f -', { input: configMap({ k: '1' }) }),
  command('apply -f -', { input: configMap({ k: '2' }) }),
  command('apply -f -', { input: configMap({ k: '2' }) }),
  command('apply -f -', { input: configMap({ k: '3', other: 'x' }) }),
  command('apply -f -', { input: configMap({ other: 'x' }) }),
  command('get configmap settings -o jsonpath={.data}'),
  command('apply --dry-run=server -f -', { input: configMap({ never: 'x' }) }),
  command('diff -f -', { input: configMap({ other: 'y' }) }),
  command('replace -f -', { input: configMap({ replaced: 'x' }) }),
  command('replace -f -', { input: configMap({ late: 'x' }, { resourceVersion: '1' }) }),
  command('patch configmap settings --type=merge -p {"data":{"m":"1"}}'),
  command('patch configmap settings --type=json -p [{"op":"remove","path":"/data/m"}]'),
  command('patch configmap settings --type=json -p [{"op":"test","path":"/data/m","value":"1"}]', {
    differs: 'another wording of the same refusal',
    expects: /rejected our request due to an error in our request/,
  }),
  command('apply --server-side -f -', {
    input: configMap({ k: '1' }),
    differs: 'server-side apply needs managed fields, which the in-memory cluster does not keep',
    expects: /server-side apply is not there/,
  }),
  command('label configmap settings tier=one'),
  command('label configmap settings tier=two'),
  command('label configmap settings tier=two --overwrite'),
  command('annotate configmap settings note=text'),
  command('get configmaps -l tier=two -o name'),
  command('get configmaps -l tier!=two,tier -o name'),
  command('get configmaps -l tier=(', {
    differs: 'another wording of the same refusal',
    expects: /unable to parse requirement/,
  }),
  command('get configmaps --field-selector metadata.name=settings -o name'),
  command('get configmaps --chunk-size=1 -o name'),

  command('create secret generic word --from-literal=word=hello'),
  command('get secret word -o jsonpath={.type},{.data.word}'),
  command('describe secret word'),
  command('create serviceaccount robot'),
  command('create token robot --duration=10m'),
  command('create token nobody'),

  command('apply -f -', { input: pod('web', {}, log) }),
  command('wait --for=condition=Ready pod/web --timeout=30s'),
  command('wait --for=jsonpath={.status.phase}=Running pod/web --timeout=30s'),
  command('get pods'),
  command('get pods -o custom-columns=N:.metadata.name,NODE:.spec.nodeName,QOS:.status.qosClass,P:.spec.restartPolicy'),
  command(
    'get pod web -o jsonpath={.spec.containers[0].imagePullPolicy},{.spec.volumes[*].projected.sources[*].configMap.name}',
  ),
  command('get pods --field-selector status.phase=Running,spec.nodeName=kubectl-script-node -o name'),
  command('get pods --field-selector spec.nope=1'),
  command('get all -o name'),
  command('logs web'),
  command('logs web --tail=1'),
  command('logs web -c nope'),
  command('logs nope'),
  command('exec web -- any command'),
  command('exec web -c nope -- any command'),
  command('exec nope -- any command'),
  command('get events --field-selector involvedObject.name=web,reason=Scheduled -o jsonpath={.items[*].message}'),
  command('apply -f -', { input: pod('web', { containers: [{ ...container, image: 'busybox:1.35' }] }, log) }),
  command('set image pod/web main=busybox:1.35'),
  command('apply -f -', {
    input: pod('web', { hostNetwork: true }, log),
    differs: 'the real API shows the change that it refuses',
    expects: /pod updates may not change fields other than/,
  }),
  command('create -f -', { input: pod('none', { containers: [] }) }),
  command('create -f -', { input: pod('Wrong_Name') }),
  command('create -f -', { input: pod('robotic', { serviceAccountName: 'nobody' }) }),
  command('create -f -', { input: pod('lost', { nodeSelector: { nowhere: 'x' } }) }),
  command('wait --for=condition=PodScheduled=false pod/lost --timeout=10s'),
  command('get pod lost'),
  command('expose pod web --port=80'),
  command('get service web -o jsonpath={.spec.ports},{.spec.selector}'),

  command('create -f -', {
    input: list({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'strict' }, dat: {} }),
    differs: 'the in-memory cluster has no schemas: unknown fields are kept, not refused',
    expects: /created/,
  }),

  command(`cordon ${scriptNode}`),
  command(`uncordon ${scriptNode}`),
  command(`taint node ${scriptNode} maintenance=soon:PreferNoSchedule`),
  command(`get node ${scriptNode} -o jsonpath={.spec.taints}`),
  command(`get node ${scriptNode}`),
  command('get leases -n kube-node-lease --field-selector metadata.name=kubectl-script-node'),

  command('delete pod web --grace-period=1 --timeout=30s'),
  command('get pod web'),
  command('delete pod web --ignore-not-found'),
  command('delete pod lost --force'),
  command('delete configmap literal settings'),
  command('delete service,secret --all'),
  command('explain pod.spec', {
    differs: 'the in-memory cluster has no schemas',
    expects: /error calling/,
  }),
  command(`delete namespace ${scriptNamespace} --timeout=60s`),
  command(`get namespace ${scriptNamespace}`),
];
