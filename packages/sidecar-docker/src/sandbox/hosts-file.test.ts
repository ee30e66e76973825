import { describe, expect, test } from 'vitest';
import { renderHostsFile } from './hosts-file.ts';

const aliases = [{ ip: '10.0.0.1', hostnames: ['a', 'b.c'] }];

describe('renderHostsFile()', () => {
  test('writes the kubelet’s file', () => {
    expect(renderHostsFile({ hostname: 'h', fqdn: 'h.s.ns.svc.cluster.local', aliases }, '10.1.2.3')).toBe(
      '# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n' +
        'fe00::0\tip6-localnet\nfe00::0\tip6-mcastprefix\nfe00::1\tip6-allnodes\nfe00::2\tip6-allrouters\n' +
        '10.1.2.3\th.s.ns.svc.cluster.local\th\n\n# Entries added by HostAliases.\n10.0.0.1\ta\tb.c\n',
    );
  });

  test('names a pod once without a subdomain, and not at all before it has an address', () => {
    expect(renderHostsFile({ hostname: 'h', aliases: [] }, '10.1.2.3')).toMatch(/\n10\.1\.2\.3\th\n$/);
    expect(renderHostsFile({ hostname: 'h', aliases: [] }, undefined)).toMatch(/ip6-allrouters\n$/);
  });

  test('keeps the host’s own in its network', () => {
    const hostsOwn = '127.0.0.1 host\n';
    expect(renderHostsFile({ hostname: 'h', aliases, hostsOwn }, undefined)).toBe(
      '# Kubernetes-managed hosts file (host network).\n127.0.0.1 host\n\n# Entries added by HostAliases.\n10.0.0.1\ta\tb.c\n',
    );
  });
});
