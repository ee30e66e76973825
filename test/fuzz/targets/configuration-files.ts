import { readPod } from '../../../packages/cli/src/render/read-pod.ts';
import { loadInterLinkConfig } from '../../../packages/service-kit/src/config/load-interlink-config.ts';
import { parseScriptFile } from '../../../packages/sidecar-mock/src/file/parse-script-file.ts';
import { recipes } from '../../../packages/sidecar-mock/src/testing/recipes.ts';
import { loadProviderFile } from '../../../packages/virtual-kubelet/src/config/provider-file.ts';
import { recorded, written } from '../corpus.ts';
import { asFile } from '../scratch.ts';
import type { Target } from '../target.ts';
import { podRequest } from './samples.ts';

/** What `--provider-config` names, in both of its forms. */
export const providerFiles: Target = {
  name: 'provider-file',
  maxBytes: 8 * 1024,
  corpus: written(
    { vk: { cpu: '8', memory: '16Gi', pods: 100 } },
    {
      Resources: {
        CPU: '8',
        Memory: '16Gi',
        Pods: '100',
        Accelerators: [{ ResourceType: 'nvidia.com/gpu', Available: 2 }],
      },
      NodeLabels: ['a.example/b=c'],
      NodeTaints: [{ Key: 'a', Value: 'b', Effect: 'NoSchedule' }],
      PodCIDR: { Subnet: '10.244.1.0/24' },
      Namespaces: ['team-a'],
      HTTP: { Insecure: true, CaCert: '/ca.crt' },
      DisableCSR: true,
      VerboseLogging: true,
    },
    'Resources: &r\n  CPU: 8\nNodeLabels:\n- a=b\nx: *r\n',
  ),
  read: async (input) => await loadProviderFile(asFile('provider.yaml', input), 'vk'),
};

/** InterLink's and sidecars' own, with all of its groups. */
export const interLinkConfigs: Target = {
  name: 'interlink-config',
  maxBytes: 8 * 1024,
  corpus: [
    ...recorded('{kustomizations,deploy}/**/InterLinkConfig.yaml'),
    ...written({
      InterlinkURL: 'https://interlink.example',
      SidecarPort: 4000,
      Sidecars: [{ Name: 'a', URL: 'http://127.0.0.1:4001', Nodes: ['a-*'], Pools: ['gpu'] }],
      Auth: { Tokens: [{ Name: 'a', File: '/t', Groups: ['g'] }], OIDC: { Issuer: 'https://x', Audience: 'a' } },
      Policy: {
        Grants: [{ Identities: ['account'], Owners: ['*'] }],
        DenyStreams: [{ Pools: ['gpu'], Streams: ['exec'] }],
      },
      Slurm: { Users: { a: 'b' }, Partitions: { gpu: 'a' }, HostPaths: ['/data:ro'], Claims: { a: '/b' } },
      Docker: { Resources: 'memory=64Gi' },
      Limits: { RequestsPerSecond: 10 },
    }),
  ],
  read: async (input) => await loadInterLinkConfig({ INTERLINKCONFIGPATH: asFile('interlink.yaml', input) }),
};

/** The mock's script. */
export const mockScripts: Target = {
  name: 'mock-script',
  maxBytes: 8 * 1024,
  corpus: written(...recipes.values()),
  read: (input) => parseScriptFile(input.toString(), 'script.yaml'),
};

/** A manifest for `interlink render`. */
export const manifests: Target = {
  name: 'manifests',
  maxBytes: 8 * 1024,
  corpus: [...recorded('examples/**/*.yaml'), ...written({ kind: 'Pod', ...podRequest.pod })],
  read: (input) => readPod(input.toString(), 'pod.yaml'),
};
