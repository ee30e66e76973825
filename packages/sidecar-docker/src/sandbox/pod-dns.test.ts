import type { PodSpec } from '@interlink/sidecar-sdk';
import { describe, expect, test } from 'vitest';
import { toPodDns } from './pod-dns.ts';
import { parseResolvConf, renderResolvConf } from './resolv-conf.ts';

const host = parseResolvConf('nameserver 192.0.2.1 # ours\nsearch site.example\noptions edns0 ndots:1\n');
const clusterDns = ['10.96.0.10'];

function resolve(spec: Partial<PodSpec>, servers: string[] = clusterDns) {
  const site = { clusterDns: servers, clusterDomain: 'cluster.local' };
  const { resolvConf, events } = toPodDns({ containers: [], ...spec }, 'ns', { host, site });
  return {
    text: resolvConf === undefined ? undefined : renderResolvConf(resolvConf),
    reasons: events.map(({ reason }) => reason),
    messages: events.map(({ message }) => message),
  };
}

const ofCluster =
  'search ns.svc.cluster.local svc.cluster.local cluster.local site.example\nnameserver 10.96.0.10\noptions ndots:5\n';

describe('toPodDns()', () => {
  test.each<[string, Partial<PodSpec>, string | undefined]>([
    ['the cluster first', {}, ofCluster],
    ['the host’s in its network', { hostNetwork: true }, undefined],
    [
      'the cluster’s there, too, when it is asked for',
      { hostNetwork: true, dnsPolicy: 'ClusterFirstWithHostNet' },
      ofCluster,
    ],
    ['the host’s', { dnsPolicy: 'Default' }, undefined],
    ['nothing', { dnsPolicy: 'None' }, ''],
    [
      'the pod’s own alone',
      {
        dnsPolicy: 'None',
        dnsConfig: { nameservers: ['192.0.2.9'], options: [{ name: 'ndots', value: '2' }, { name: 'edns0' }] },
      },
      'nameserver 192.0.2.9\noptions ndots:2 edns0\n',
    ],
    [
      'the pod’s own beside the host’s',
      {
        dnsPolicy: 'Default',
        dnsConfig: {
          nameservers: ['192.0.2.1', '192.0.2.9'],
          searches: ['more'],
          options: [{ name: 'ndots', value: '9' }],
        },
      },
      'search site.example more\nnameserver 192.0.2.1\nnameserver 192.0.2.9\noptions edns0 ndots:9\n',
    ],
  ])('gives %s', (_, spec, text) => {
    expect(resolve(spec)).toMatchObject({ text, reasons: [] });
  });

  test('falls back to the host’s without ClusterDNS, and says so', () => {
    expect(resolve({}, [])).toMatchObject({ text: undefined, reasons: ['MissingClusterDNS'] });
  });

  test('leaves out what libc would not read, in the kubelet’s words', () => {
    const { text, reasons, messages } = resolve({
      dnsPolicy: 'None',
      dnsConfig: { nameservers: ['192.0.2.1', '192.0.2.2', '192.0.2.3', '192.0.2.4'] },
    });
    expect(text).not.toContain('192.0.2.4');
    expect(reasons).toEqual(['DNSConfigForming']);
    expect(messages).toEqual([
      'Nameserver limits were exceeded, some nameservers have been omitted, the applied nameserver line is: 192.0.2.1 192.0.2.2 192.0.2.3',
    ]);
  });
});
