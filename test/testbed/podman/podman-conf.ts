/** Where an engine of Podman's has its network. */
export interface PodmanNetwork {
  readonly bridge: string;
  /** The first two numbers of its addresses. */
  readonly prefix: string;
}

/** containers.conf(5): nothing of the machine's own is read beside it. @param networks folder of the networks' descriptions */
export function renderContainersConf(networks: string): string {
  return [
    '[engine]',
    'cgroup_manager = "cgroupfs"',
    'events_logger = "file"',
    // crun takes no machine with control groups of both versions.
    'runtime = "runc"',
    '[network]',
    'network_backend = "netavark"',
    `network_config_dir = "${networks}"`,
    '[containers]',
    // Podman raises both by default, which not every machine lets its root do.
    'default_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]',
    '',
  ].join('\n');
}

/** The network that containers are in by default, podman.json: netavark writes no rule into a firewall for one that is internal. */
export function renderDefaultNetwork({ bridge, prefix }: PodmanNetwork): string {
  return JSON.stringify({
    name: 'podman',
    // The one that Podman gives this network itself.
    id: '2f259bab93aaaaa2542ba43ef33eb990d0999ee1b9924b557b7be53c0b7a1bb9',
    driver: 'bridge',
    network_interface: bridge,
    created: '2027-01-01T00:00:00Z',
    subnets: [{ subnet: `${prefix}.0.0/20`, gateway: `${prefix}.0.1` }],
    ipv6_enabled: false,
    internal: true,
    dns_enabled: false,
    ipam_options: { driver: 'host-local' },
  });
}
