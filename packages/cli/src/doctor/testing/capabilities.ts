/** What a sidecar says of itself. */
export const dockerCapabilities = {
  protocolVersions: ['v2', 'v1'],
  backend: { kind: 'docker', version: '1' },
  verbs: ['create', 'delete', 'list', 'watch'],
  volumeTypes: [],
  queues: false,
  pools: [{ name: 'default', capacity: { cpu: '4' } }],
};
