import { expect, test } from 'vitest';
import { expandProbeCommands } from './probe-commands.ts';

test('expandProbeCommands() fills in what stands in env, and never what comes from a Secret', () => {
  const probe = (...command: string[]) => ({ exec: { command }, periodSeconds: 5 });
  const container = {
    name: 'c',
    env: [
      { name: 'PORT', value: '80' },
      { name: 'TOKEN', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } },
    ],
    startupProbe: probe('check', '$(PORT)'),
    livenessProbe: probe('check', 't=$(TOKEN)', '$(OTHER)', '$$(PORT)'),
    readinessProbe: { httpGet: { port: 80, path: '/$(PORT)' } },
    lifecycle: { preStop: { exec: { command: ['$(PORT)'] } } },
  };
  expect(expandProbeCommands(container)).toEqual({
    startupProbe: probe('check', '80'),
    livenessProbe: probe('check', 't=', '$(OTHER)', '$(PORT)'),
    readinessProbe: container.readinessProbe,
  });
});
