import { expect, test } from 'vitest';
import { errorCodes } from '../errors/interlink-error.ts';
import type { Operation, PathItem } from './document.ts';
import { openApiDocument } from './open-api-document.ts';

const servers = ['interlink', 'sidecar'] as const;

/** All references in a document, each once. */
function referencesIn(value: unknown): Set<string> {
  return new Set(Array.from(JSON.stringify(value).matchAll(/"\$ref":"([^"]+)"/g), ([, reference = '']) => reference));
}

function find(document: object, reference: string): unknown {
  const [, ...keys] = reference.split('/');
  return keys.reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], document);
}

function operationsOf(paths: Readonly<Record<string, PathItem>>): Array<[string, Operation]> {
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.values(item).map((call): [string, Operation] => [path, call]),
  );
}

test.each(servers)('openApiDocument(%s) has all that it refers to', (server) => {
  const document = openApiDocument(server);
  for (const reference of referencesIn(document))
    expect([reference, find(document, reference)]).not.toContain(undefined);
});

test.each(servers)(
  'openApiDocument(%s) gives each operation a name of its own, and each variable of a path a parameter',
  (server) => {
    const operations = operationsOf(openApiDocument(server).paths);
    const ids = operations.map(([, { operationId }]) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [path, { parameters = [] }] of operations) {
      const variables = Array.from(path.matchAll(/\{(\w+)\}/g), ([, name]) => name);
      expect(parameters.flatMap((parameter) => (parameter.in === 'path' ? [parameter.name] : []))).toEqual(variables);
    }
  },
);

test('openApiDocument() names every code of an error', () => {
  const { responses } = openApiDocument('interlink').components;
  for (const code of errorCodes) expect(JSON.stringify(responses)).toContain(`"${code}"`);
});

test('openApiDocument() lets v1 peers write null for what is not there', () => {
  const { schemas } = openApiDocument('interlink').components as { schemas: Record<string, { properties: object }> };
  expect(schemas.V1PodCreateRequests?.properties).toMatchObject({
    pod: { $ref: '#/components/schemas/V1Pod' },
    secrets: { anyOf: [expect.anything(), { type: 'null' }] },
  });
});
