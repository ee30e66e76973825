/** Values that administrators give the chart, by the names of the golden files. */
export const valuesOf: Readonly<Record<string, object>> = {
  token: { nodeName: 'my-node', interlink: { address: 'http://10.0.0.7' } },
  'in-pod': {
    nodeName: 'my-node',
    interlink: { enabled: true },
    plugin: { enabled: true, image: 'interlink/mock-sidecar:latest' },
  },
  mtls: {
    nodeName: 'site-gpu',
    replicas: 2,
    imagePullSecrets: [{ name: 'registry' }],
    interlink: { address: 'https://interlink.example.org', port: 443, tls: { secretName: 'interlink-tls' } },
    virtualNode: {
      resources: {
        CPUs: 8,
        memGiB: 49,
        pods: 100,
        accelerators: [{ resourceType: 'nvidia.com/gpu', model: 'a100', available: 2 }],
      },
      nodeLabels: ['accelerator=a100'],
      nodeTaints: [{ key: 'accelerator', value: 'a100', effect: 'NoSchedule' }],
      namespaces: ['team-a', 'team-b'],
    },
  },
  oauth: {
    nodeName: 'site',
    interlink: { address: 'https://interlink.example.org', port: 8080, tls: { caCert: 'PEM of the CA\n' } },
    OAUTH: {
      enabled: true,
      Issuer: 'https://iam.example.org/realms/site',
      ClientID: 'interlink-vk',
      Audience: 'interlink',
      secretName: 'interlink-oauth',
    },
    networkPolicy: { enabled: false },
    podDisruptionBudget: { enabled: false },
  },
  plugin: {
    nodeName: 'site',
    interlink: { enabled: true, exportPodData: false },
    plugin: {
      enabled: true,
      image: 'registry.example.org/plugin:1',
      command: ['/plugin'],
      args: ['--serve'],
      envs: [{ name: 'SLURMCONFIGPATH', value: '/etc/interlink/plugin.yaml' }],
      config: 'SbatchPath: /usr/bin/sbatch\nDataRootFolder: /data/interlink\n',
      address: 'http://127.0.0.1',
      extraVolumeMounts: [{ name: 'data', mountPath: '/data' }],
    },
    extraVolumes: [{ name: 'data', hostPath: { path: '/scratch/interlink' } }],
  },
};
