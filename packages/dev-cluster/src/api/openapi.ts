import { kinds } from '../kinds/kinds.ts';
import type { Json } from '../object.ts';
import { pathOf } from './discovery.ts';

const info = { title: 'In-memory Kubernetes', version: 'v1' };
const parameters = ['dryRun', 'fieldManager', 'fieldValidation'].map((name) => ({
  ...{ name, in: 'query', schema: { type: 'string', uniqueItems: true } },
}));

/**
 * As much of OpenAPI v3 as kubectl asks before it creates or applies: that the server takes `fieldValidation`, so that kubectl leaves the
 * checking to it. There are no schemas: `kubectl explain` has nothing to show. @returns undefined for a path that is none of OpenAPI's
 */
export function openApi(path: string): Json | undefined {
  const versions = [...new Set(kinds.map(pathOf))];
  if (path === '/openapi/v3') {
    const toUrl = (each: string) => [each.slice(1), { serverRelativeURL: `/openapi/v3${each}` }];
    return { paths: Object.fromEntries(versions.map(toUrl)) };
  }
  const version = versions.find((each) => path === `/openapi/v3${each}`);
  if (version === undefined) return undefined;
  const paths = kinds
    .filter((kind) => pathOf(kind) === version)
    .map(({ group, version: v, kind, plural, namespaced }) => {
      const patch = { 'x-kubernetes-group-version-kind': { group, version: v, kind }, parameters, responses: {} };
      return [`${version}${namespaced ? '/namespaces/{namespace}' : ''}/${plural}/{name}`, { patch }];
    });
  return { openapi: '3.0.0', info, paths: Object.fromEntries(paths) };
}

/** What kubectl falls back to for a `List`, in the only format that it takes: a document of version 2.0 without schemas. */
export const emptyOpenApiV2 = {
  headers: { 'content-type': 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf' },
  body: Buffer.from('\n\x032.0'),
};

/** `kubectl version` and clients that go by the server's age. */
export const version = {
  ...{ major: '1', minor: '36', gitVersion: 'v1.36.0-interlink.dev-cluster', gitCommit: '', gitTreeState: '' },
  ...{ buildDate: '1970-01-01T00:00:00Z', goVersion: '', compiler: '', platform: `linux/${process.arch}` },
};
