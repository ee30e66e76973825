import { accessKeys } from './access-keys.ts';
import { ClientShape } from './client-shape.ts';
import { choice, flag, integer, list, map, mapOf, text } from './key.ts';
import { sidecarsKey } from './sidecars-key.ts';
import { slurmKeys } from './slurm-keys.ts';

/**
 * The keys of `InterLinkConfig.yaml` that this release acts upon. All processes of a site may share one file: each reads
 * what concerns it. A dot names a key inside a group: `Auth.TokenFile` is `TokenFile` under `Auth`.
 */
export const interLinkKeys = {
  InterlinkURL: text({
    env: ['INTERLINKURL'],
    default: 'http://127.0.0.1',
    doc: 'Where the Virtual Kubelet finds InterLink: http://, https:// or unix://, without a port.',
  }),
  InterlinkAddress: text({
    env: ['INTERLINKADDRESS'],
    default: undefined,
    doc: 'What InterLink itself listens on, when that is not InterlinkURL.',
  }),
  InterlinkPort: integer({
    env: ['INTERLINKPORT'],
    default: 3000,
    doc: "InterLink's port (8080 behind an OAuth2 proxy).",
  }),
  SidecarURL: text({
    env: ['SIDECARURL'],
    default: 'http://127.0.0.1',
    doc: 'Where InterLink finds the sidecar, and what the sidecar listens on: http://, https:// or unix://, without a port.',
  }),
  SidecarService: choice(['docker', 'slurm', 'mock'], {
    env: ['SIDECARSERVICE'],
    default: 'docker',
    doc: 'The kind of sidecar; sets its port: docker 4000, slurm 4001, mock 4002.',
  }),
  SidecarPort: integer({
    env: ['SIDECARPORT'],
    default: undefined,
    doc: 'Overrides the port that SidecarService sets.',
  }),
  Sidecars: sidecarsKey,
  'V1.SettleSeconds': integer({
    env: ['V1SETTLESECONDS'],
    default: 120,
    doc: 'How long a peer that speaks protocol v1 only, a plugin or an InterLink, is only asked for `/status` of a pod when it is not known whether a create had an effect.',
  }),
  VKTokenFile: text({
    env: ['VKTOKENFILE'],
    default: undefined,
    doc: 'File with the bearer token that the Virtual Kubelet sends to InterLink. Default: the account token, see Auth.TokenFile.',
  }),
  VKTokenSecret: text({
    env: ['VKTOKENSECRET'],
    default: undefined,
    doc: "The Secret, in the pod's own namespace, that VKTokenFile is mounted from. While there is no token, the condition `InterLinkConnectivity` of the node says by which command it is made.",
  }),
  ClusterID: text({
    env: ['CLUSTERID'],
    default: undefined,
    doc: "The cluster's name in every pod's owner. Default: the UID of the namespace kube-system.",
  }),
  VirtualNodes: list({
    default: undefined,
    doc: 'The nodes of one Virtual Kubelet, see docs/configuration.md. Default: the one of `--nodename`.',
  }),
  'LeaderElection.Enabled': flag({
    default: undefined,
    doc: 'Whether Virtual Kubelets of the same nodes take turns, so that two of them never act at once. Default: true in a pod of the cluster, false with a kubeconfig.',
  }),
  'LeaderElection.Namespace': text({
    default: undefined,
    doc: "Where the Lease is that they take turns by. Default: the pod's own namespace, else the kubeconfig's, else `default`.",
  }),
  'LeaderElection.Name': text({
    default: undefined,
    doc: 'Name of that Lease. Default: `interlink-vk-` and the name of the first node.',
  }),
  ServiceAccount: text({
    env: ['SERVICEACCOUNT'],
    default: undefined,
    doc: 'The service account by which plugins may act in the cluster: those whose capabilities ask for a kubeconfig get one with a token of it, which the Virtual Kubelet renews. Default: they get none. See docs/token.md.',
  }),
  Namespace: text({
    env: ['NAMESPACE'],
    default: undefined,
    doc: "That account's namespace. Default: the Virtual Kubelet's own, else the kubeconfig's, else `default`.",
  }),
  'Kubeconfig.Server': text({
    default: undefined,
    doc: 'Where plugins reach the Kubernetes API, `https://host:port`. Default: where the Virtual Kubelet does.',
  }),
  'Kubeconfig.CAFile': text({
    default: undefined,
    doc: "The CA of that server's certificate. Default: the one that the Virtual Kubelet trusts; with Kubeconfig.Server those of the plugin's system.",
  }),
  DataRootFolder: text({
    env: ['DATAROOTFOLDER'],
    default: undefined,
    doc: "Where a sidecar writes pods' volumes, and Slurm's jobs find their scripts. Default: a folder of the account's own under XDG_STATE_HOME; for Slurm `~/.interlink/slurm`.",
  }),
  ExportPodData: flag({
    env: ['EXPORTPODDATA'],
    default: true,
    doc: 'Whether ConfigMaps and Secrets are written for pods. false: pods that mount them are refused with that reason.',
  }),
  'Docker.HostPaths': list({
    default: undefined,
    doc: 'Paths that pods may mount by hostPath, with what is below them; `/path:ro` only to read. Default: none. See docs/docker-volumes.md.',
  }),
  'Docker.Claims': map({
    default: undefined,
    doc: 'Where PersistentVolumeClaims have their data: `namespace/claim` or `storageClass:NAME` to `{ path: … }` or `{ dockerVolume: … }`. Default: pods with claims are refused. See docs/docker-volumes.md.',
  }),
  ClusterDNS: text({
    default: undefined,
    doc: "Addresses, separated by commas, of the cluster's name servers, as the Docker sidecar's pods reach them. Without it pods of `dnsPolicy: ClusterFirst` get the host's, with event `MissingClusterDNS`.",
  }),
  ClusterDomain: text({
    default: undefined,
    doc: "The cluster's domain, in pods' full names and search domains. Default: cluster.local.",
  }),
  'Docker.AllowPrivileged': flag({
    default: false,
    doc: 'Whether pods of the Docker sidecar may be privileged, have capabilities that reach past a container (SYS_ADMIN and its kin), or an unmasked /proc. true gives every author of a pod the whole host.',
  }),
  'Docker.AllowHostNamespaces': flag({
    default: false,
    doc: "Whether pods may have `hostNetwork`, `hostPID` and `hostIPC`: they see, and reach, what else runs on the engine's host.",
  }),
  'Docker.AllowedUnsafeSysctls': text({
    default: undefined,
    doc: "Sysctls, separated by commas, that pods may set beside Kubernetes' safe ones: `net.core.somaxconn`, or all of a kind by `kernel.msg*`.",
  }),
  'Docker.SeccompProfiles': text({
    default: undefined,
    doc: 'Folder of the profiles that pods name as `seccompProfile.localhostProfile`; read at start.',
  }),
  'Docker.PidsLimit': integer({
    default: undefined,
    doc: "The most processes and threads that one container may have. Default: the engine's own limit.",
  }),
  'Docker.Resources': text({
    default: undefined,
    doc: 'What the Docker sidecar announces instead of what its host has, and the GPUs that it has: `memory=64Gi,nvidia.com/gpu=2`. Of `cpu`, `memory`, `pods`, `ephemeral-storage`, `nvidia.com/gpu`, `amd.com/gpu`. See docs/docker.md.',
  }),
  'Docker.SandboxImage': text({
    default: undefined,
    doc: "Image of the container that holds a pod's network, such as `registry.k8s.io/pause:3.10`. Default: one that the sidecar makes itself, so that nothing is pulled.",
  }),
  'Docker.ImageGCHighThresholdPercent': integer({
    default: undefined,
    doc: 'How full the disk of the Docker Engine may get, in per cent, before the Docker sidecar removes images that it pulled and nobody uses. Default: none is ever removed.',
  }),
  'Docker.ImageGCLowThresholdPercent': integer({
    default: undefined,
    doc: 'How full that disk is allowed to stay. Default: 5 less than the high threshold.',
  }),
  ...slurmKeys,
  'Mock.Script': text({
    env: ['MOCK_SCRIPT'],
    default: undefined,
    doc: 'File that says what the mock sidecar plays; read again when it changes. Default: what annotations of pods say. See docs/mock.md.',
  }),
  LogLevel: choice(['trace', 'debug', 'info', 'warn', 'error'], {
    env: ['LOGLEVEL'],
    default: 'info',
    doc: 'How much is logged.',
  }),
  'Policy.DaemonSetPods': choice(['pending', 'run', 'report-running'], {
    default: 'pending',
    doc: 'What becomes of pods whose DaemonSet tolerates every taint: left Pending, run, or only reported as running. See docs/admission.md.',
  }),
  'Policy.AllowPodAnnotations': list({
    default: undefined,
    doc: 'Annotations by which authors of pods may reach past the container: `docker-options.vk.io/flags`; of the Slurm sidecar also by their last part alone: `pre-exec`. Default: none.',
  }),
  'Policy.NodeLabelDomains': text({
    default: undefined,
    doc: 'Domains, separated by commas, whose labels a sidecar may set on its node, beside interlink.eu and vk.io; never kubernetes.io or k8s.io.',
  }),
  'Policy.NotReadyAfter': integer({
    default: undefined,
    doc: 'Seconds that the sidecar may be out of reach before the node is NotReady and Kubernetes evicts its pods. Default: never.',
  }),
  'Limits.Capacity': text({
    default: undefined,
    doc: 'The most that a sidecar may announce, such as `cpu=64,memory=256Gi,nvidia.com/gpu=8`. What the provider file says goes before both.',
  }),
  'TLS.Enabled': flag({
    default: undefined,
    doc: 'Addresses say where TLS is spoken: those at https://. true and false are refused where they contradict them. See docs/security.md.',
  }),
  'TLS.CertFile': text({
    env: ['TLSCERTFILE'],
    default: undefined,
    doc: 'Certificate (PEM, its chain after it) that a listener at https:// serves, and that a client of one shows: the Virtual Kubelet to InterLink, InterLink to the sidecar. Read again when it changes.',
  }),
  'TLS.KeyFile': text({
    env: ['TLSKEYFILE'],
    default: undefined,
    doc: 'Its private key (PEM).',
  }),
  'TLS.CACertFile': text({
    env: ['TLSCACERTFILE'],
    default: undefined,
    doc: "CAs (PEM) whose client certificates a listener takes, and whose servers a client trusts. Default: no client certificates; the system's CAs.",
  }),
  'Limits.RequestsPerSecond': integer({
    default: 1_000,
    doc: 'Requests a second that InterLink takes from one identity in the long run, and twice as many at once; more are answered 429 with `Retry-After`. 0: no limit. See docs/security.md.',
  }),
  'Limits.StreamsPerIdentity': integer({
    default: 2_000,
    doc: 'Streams (watches, followed logs, commands, ports) that one identity may have open at InterLink. 0: no limit.',
  }),
  'Limits.Streams': integer({
    default: 8_000,
    doc: 'Streams that may be open at InterLink in all. 0: no limit.',
  }),
  'Limits.BodyBytes': integer({
    default: 8_388_608,
    doc: 'The largest body of a request, at InterLink and at sidecars: a pod with its ConfigMaps and Secrets. 0: no limit.',
  }),
  'Limits.HeadersTimeout': integer({
    default: 30,
    doc: "Seconds within which a request's headers must come, and before them a TLS handshake must end. 0: no limit (a handshake: two minutes).",
  }),
  'Limits.RequestTimeout': integer({
    default: 120,
    doc: 'Seconds within which a whole request must come, with its body. Answers and streams may take as long as they like. 0: no limit.',
  }),
  'Limits.StrangersPerAddress': integer({
    default: 256,
    doc: 'Connections from one address on which nobody has been let in yet; the oldest is closed when there is one more. 0: no limit.',
  }),
  'Auth.TokenFile': text({
    default: undefined,
    doc: 'File with the bearer token that callers must show and that is shown to the sidecar. Default: interlink/token under XDG_CONFIG_HOME (or ~/.config), made with mode 0600 at first start.',
  }),
  'Auth.Client': mapOf(ClientShape, {
    doc: 'How the Virtual Kubelet gets its token for InterLink from an issuer of OpenID Connect, instead of from VKTokenFile. See docs/token.md.',
  }),
  'Auth.AllowUnauthenticated': flag({
    default: false,
    doc: "Lets anybody call who can connect: only for v1 peers that can't send a token, warned about at every start.",
  }),
  ...accessKeys,
} as const;

/** Keys that only other releases know: accepted in silence where all processes share a file. */
export const foreignKeys: ReadonlyArray<string> = [
  ...['Taints', 'VKConfigPath', 'KubernetesApiAddr', 'KubernetesApiPort'],
  ...['KubernetesApiCaCrt', 'DisableProjectedVolumes', 'PodIP', 'PodCIDR', 'HTTP', 'KubeletHTTP', 'KubeletCertFile'],
  ...['KubeletKeyFile', 'KubeletCSRSignerName', 'DisableCSR', 'Resources', 'NodeLabels', 'NodeTaints'],
  'SkipDownwardAPIResolution',
];

/** Keys of older releases: accepted with a warning that says what replaces them. */
export const replacedKeys: Readonly<Record<string, string>> = {
  VerboseLogging: 'LogLevel: debug',
  ErrorsOnlyLogging: 'LogLevel: error',
  EnrootPrefix: 'EnrootDefaultOptions',
  Network: 'nothing: networks are the backend’s own',
  Pprof: 'nothing: use `node --inspect`',
};

/** Keys that would change what is safe and that this release can't honour: refused rather than ignored. */
export const refusedKeys: Readonly<Record<string, string>> = {
  Socket: 'write the socket into InterlinkURL or SidecarURL as unix:///path',
};
