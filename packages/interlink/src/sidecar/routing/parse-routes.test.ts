import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { parseRoutes } from './parse-routes.ts';

const load = (yaml: string) => parseRoutes(parse(yaml) as unknown[]);

function problemsOf(yaml: string): string {
  try {
    load(yaml);
    return 'none';
  } catch (error) {
    return String(error);
  }
}

test('parseRoutes() reads a table, and takes the rest from the defaults', () => {
  const [docker, slurm] = load(`
- { Name: docker, URL: "http://127.0.0.1:4000" }
- Name: slurm
  URL: https://login.example:4001
  Nodes: [gpu, c1/batch-*]
  Pool: a100
  TokenFile: /etc/interlink/slurm-token
  CACertFile: /etc/interlink/ca.pem
  CertFile: /etc/interlink/cert.pem
  KeyFile: /etc/interlink/key.pem
  CreatePayload: list
  SettleSeconds: 30
`);
  expect(docker).toMatchObject({
    ...{ name: 'docker', url: 'http://127.0.0.1:4000', nodes: [{ text: '*' }], pool: undefined, tokenFile: undefined },
    v1: { createPayload: 'object', settleMs: 120_000 },
  });
  expect(slurm).toMatchObject({
    ...{ name: 'slurm', nodes: [{ text: 'gpu' }, { text: 'c1/batch-*' }], pool: 'a100' },
    tokenFile: '/etc/interlink/slurm-token',
    tls: {
      caCertFile: '/etc/interlink/ca.pem',
      certFile: '/etc/interlink/cert.pem',
      keyFile: '/etc/interlink/key.pem',
    },
    v1: { createPayload: 'list', settleMs: 30_000 },
  });
});

test('parseRoutes() tells every problem at once, by its place', () => {
  const message = problemsOf(`
- { Name: twice, URL: "unix:///run/a.sock", Nodes: [gpu] }
- { Name: twice, URL: "http://u:p@h:1", Nodes: [gpu, "a/b/c", "*"] }
- { URL: "http://h:1/path", Nods: [x], Nodes: all }
- text
- { Name: "a b", Nodes: [], CertFile: /c, CreatePayload: array, SettleSeconds: -1, Pool: 7 }
`);
  for (const problem of [
    'Sidecars has two sidecars named twice',
    'Sidecars names the nodes "gpu" twice, the second time for twice',
    'Sidecars[1].URL is "http://u:p@h:1": http://host:port, https://host:port or unix:///path is wanted',
    'Sidecars[1].Nodes[1] is "a/b/c": NODE or CLUSTER/NODE, with * in it, is wanted',
    'Sidecars[2].Name is missing',
    'Sidecars[2].URL is "http://h:1/path"',
    'unknown key Sidecars[2].Nods: did you mean Nodes?',
    'Sidecars[2].Nodes is "all": a list of names or patterns is wanted',
    'Sidecars[3] is "text": a map is wanted',
    'Sidecars[4].Name is "a b"',
    'Sidecars[4].URL is missing',
    'Sidecars[4].Nodes is []',
    'Sidecars[4] has one of CertFile and KeyFile',
    'Sidecars[4].CreatePayload is "array": object or list is wanted',
    'Sidecars[4].SettleSeconds is -1',
    'Sidecars[4].Pool is 7',
  ]) {
    expect(message).toContain(problem);
  }
});

test('parseRoutes() of an empty table says so', () => {
  expect(problemsOf('[]')).toContain('Sidecars is empty');
});
