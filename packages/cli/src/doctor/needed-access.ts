/** One thing that a virtual kubelet does in the cluster. */
export interface NeededAccess {
  /** The folder of deploy/rbac that grants it. */
  readonly part: 'node' | 'leader-election' | 'kubeconfig' | 'taints' | 'trust-bundles';
  readonly verbs: ReadonlyArray<string>;
  readonly group: string;
  /** With its subresource: `pods/status`. */
  readonly resource: string;
  /**
   * `cluster`: no namespace; `pods`: all, or those of `Namespaces` of the provider file; `own`: of the Lease, or of the plugins' account;
   * else this one.
   */
  readonly where: 'cluster' | 'pods' | 'own' | 'default' | 'kube-node-lease';
  readonly name?: string;
  /** What is missing without it. */
  readonly purpose: string;
}

const core = { part: 'node', group: '' } as const;
const ofPods = { ...core, where: 'pods' } as const;
const ofCluster = { ...core, where: 'cluster' } as const;

/** What deploy/rbac grants, row by row; a test holds them together. */
export const neededAccess: ReadonlyArray<NeededAccess> = [
  { ...ofCluster, resource: 'nodes', verbs: ['create', 'get'], purpose: 'the node can’t be registered' },
  { ...ofCluster, resource: 'nodes/status', verbs: ['patch'], purpose: 'the node is NotReady for ever' },
  {
    ...{ ...ofCluster, resource: 'namespaces', name: 'kube-system', verbs: ['get'] },
    purpose: 'the cluster has no name in pods’ owners, unless ClusterID gives one',
  },
  {
    ...{ ...ofCluster, group: 'authentication.k8s.io', resource: 'tokenreviews', verbs: ['create'] },
    purpose: 'metrics-server and others who come with a token are turned away at the kubelet port',
  },
  {
    ...{ ...ofCluster, group: 'authorization.k8s.io', resource: 'subjectaccessreviews', verbs: ['create'] },
    purpose: 'nobody is let in at the kubelet port: no logs, no exec',
  },
  {
    ...{ ...ofCluster, group: 'certificates.k8s.io', resource: 'certificatesigningrequests' },
    verbs: ['create', 'list', 'watch'],
    purpose: 'the kubelet port gets no certificate of the cluster',
  },
  {
    ...{ ...core, where: 'kube-node-lease', group: 'coordination.k8s.io', resource: 'leases' },
    verbs: ['create', 'get', 'update'],
    purpose: 'the node becomes NotReady, and its pods are evicted',
  },
  { ...core, where: 'default', resource: 'events', verbs: ['create', 'patch'], purpose: 'the node has no events' },
  {
    ...{ ...core, where: 'default', resource: 'services', name: 'kubernetes', verbs: ['list', 'watch'] },
    purpose: 'pods do not get KUBERNETES_SERVICE_HOST',
  },
  { ...ofPods, resource: 'pods', verbs: ['list', 'watch', 'delete'], purpose: 'no pod is run, and none can go' },
  { ...ofPods, resource: 'pods/status', verbs: ['patch'], purpose: 'pods are Pending for ever' },
  { ...ofPods, resource: 'configmaps', verbs: ['get', 'list', 'watch'], purpose: 'pods with ConfigMaps wait' },
  { ...ofPods, resource: 'secrets', verbs: ['get', 'list', 'watch'], purpose: 'pods with Secrets wait' },
  { ...ofPods, resource: 'persistentvolumeclaims', verbs: ['get'], purpose: 'pods with claims wait' },
  { ...ofPods, resource: 'services', verbs: ['list', 'watch'], purpose: 'pods do not get the variables of services' },
  { ...ofPods, resource: 'serviceaccounts/token', verbs: ['create'], purpose: 'pods get no tokens of their account' },
  { ...ofPods, resource: 'events', verbs: ['create', 'patch'], purpose: 'kubectl describe pod tells nothing' },
  {
    ...{ part: 'leader-election', where: 'own', group: 'coordination.k8s.io', resource: 'leases' },
    verbs: ['create', 'get', 'update'],
    purpose: 'replicas can’t take turns: none ever begins',
  },
  {
    ...{ part: 'kubeconfig', where: 'own', group: '', resource: 'serviceaccounts/token', verbs: ['create'] },
    purpose: 'plugins that ask for a kubeconfig get none',
  },
  {
    ...{ part: 'taints', where: 'cluster', group: '', resource: 'nodes', verbs: ['patch'] },
    purpose: 'taints and labels of a node that is there already are not kept as the sidecar announces them',
  },
  {
    ...{ part: 'trust-bundles', where: 'cluster', group: 'certificates.k8s.io', resource: 'clustertrustbundles' },
    verbs: ['list', 'watch'],
    purpose: 'pods with clusterTrustBundle volumes wait',
  },
];
