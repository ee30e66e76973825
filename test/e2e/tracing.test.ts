import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Secret } from '@interlink/kube';
import { afterAll, describe, expect } from 'vitest';
import { waitFor } from '../testbed/index.ts';
import { type CollectedSpan, TraceCollector } from '../testbed/trace-collector.ts';
import { pod, shell, untilTerm } from './drivers/pods.ts';
import { cannotRun, siteTest } from './drivers/site-test.ts';

const document = readFileSync(join(import.meta.dirname, '../../docs/tracing.md'), 'utf8');
const collector = await TraceCollector.start();
afterAll(() => collector.close());

const test = siteTest('tracing', { env: documentedVariables() });
const value = 'hunter2-must-not-be-traced';
const secret: Secret = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'credentials' },
  stringData: { password: value },
};
const env = [{ name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'credentials', key: 'password' } } }];

describe.skipIf(cannotRun)('traces', () => {
  test('of a pod’s start are the tree of docs/tracing.md; status and deletion are linked to it', async ({
    site,
    namespace,
  }) => {
    const container = shell('main', `echo "$PASSWORD" | wc -c; ${untilTerm}`, { env });
    await namespace.apply(secret, pod(site.nodeName, 'traced', { containers: [container] }));
    await namespace.waitForPhase('traced', 'Running');
    const { uid } = (await namespace.pod('traced')).metadata ?? {};
    const start = await waitForSpan('pod start', uid);
    const services = ['interlink-vk', 'interlink', 'interlink-docker-sidecar'];
    await waitFor('all three processes to send', () =>
      services.every((service) => traceOf(start).some((span) => span.service === service)),
    );
    expect(renderTree(traceOf(start))).toBe(/```\n(pod start[^`]*)```/.exec(document)?.[1]);
    expect(start.attributes).toEqual({
      'k8s.pod.uid': uid,
      'k8s.pod.name': 'traced',
      'k8s.namespace.name': namespace.name,
      'k8s.node.name': site.nodeName,
      'k8s.pod.status.phase': 'Running',
    });

    await namespace.run('delete', 'pod', 'traced');
    const deletion = await waitForSpan('pod deletion', uid);
    expect(deletion.links).toEqual([start.traceId]);
    const steps = await waitFor('the backend’s part of the deletion', () => {
      const names = traceOf(deletion).map(({ name }) => name);
      return names.includes('backend delete') && names;
    });
    expect(steps).toEqual(expect.arrayContaining(['delete pod at the backend', 'write status', 'remove pod']));
  });

  test('hold no value of a Secret, neither in what runs nor in what the engine says of what can’t', async ({
    site,
    namespace,
  }) => {
    // What the engine refuses comes back in its words: $(PASSWORD) is expanded before it gets there.
    const broken = shell('main', '', { env, command: ['/no/such/$(PASSWORD)'] });
    await namespace.apply(
      secret,
      pod(site.nodeName, 'keeper', { containers: [shell('main', 'echo "$PASSWORD" | wc -c', { env })] }),
      pod(site.nodeName, 'broken', { containers: [broken] }),
    );
    for (const [name, phase] of [
      ['keeper', 'Succeeded'],
      ['broken', 'Failed'],
    ] as const) {
      const { metadata } = await namespace.waitForPhase(name, phase);
      await waitFor(`a trace of ${name} with its last phase`, () =>
        collector.spans.some(
          ({ attributes }) =>
            attributes['k8s.pod.uid'] === metadata?.uid && attributes['k8s.pod.status.phase'] === phase,
        ),
      );
    }
    const sent = collector.bodies.join('\n');
    for (const word of [
      value,
      Buffer.from(value).toString('base64'),
      'PASSWORD',
      readFileSync(site.tokenFile, 'utf8').trim(),
    ])
      expect([word, sent.includes(word)]).toEqual([word, false]);
  });
});

/** The `export` lines of the document, with our collector in place of its. */
function documentedVariables(): Record<string, string> {
  const variables = Object.fromEntries(
    [...document.matchAll(/^export (\w+)=(.*)$/gm)].map(([, name, text]) => [name, text]),
  );
  expect(Object.keys(variables)).toContain('OTEL_EXPORTER_OTLP_ENDPOINT');
  return { ...variables, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url };
}

async function waitForSpan(name: string, uid: string | undefined): Promise<CollectedSpan> {
  return await waitFor(`the span ${name}`, () =>
    collector.spans.find((span) => span.name === name && span.attributes['k8s.pod.uid'] === uid),
  );
}

function traceOf({ traceId }: CollectedSpan): CollectedSpan[] {
  return collector.spans.filter((span) => span.traceId === traceId);
}

/** One line per span, children below their parents in the order in which they began; what is repeated is shown once. */
function renderTree(spans: ReadonlyArray<CollectedSpan>): string {
  const lines: { label: string; service: string }[] = [];
  const add = (parent: string | undefined, indent: string) => {
    const children = spans.filter((span) => span.parentSpanId === parent).toSorted((a, b) => a.startedAt - b.startedAt);
    const names = new Set<string>();
    for (const { name, service, spanId } of children) {
      if (names.has(name)) continue;
      names.add(name);
      lines.push({ label: indent + name, service });
      add(spanId, `${indent}  `);
    }
  };
  add(undefined, '');
  const width = Math.max(...lines.map(({ label }) => label.length));
  return lines.map(({ label, service }) => `${label.padEnd(width)} ${service}\n`).join('');
}
