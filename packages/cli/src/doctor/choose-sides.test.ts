import { loadInterLinkConfig } from '@interlink/service-kit';
import { expect, test } from 'vitest';
import { chooseSides } from './choose-sides.ts';

const nowhere = { HOME: '/nowhere' };

test.each([
  ['nothing but the defaults', {}, undefined, ['site']],
  ['InterLink elsewhere, and no cluster', { INTERLINKURL: 'https://site.example' }, undefined, ['site']],
  ['InterLink elsewhere, and a kubeconfig', { INTERLINKURL: 'https://site.example' }, '/kubeconfig', ['cluster']],
  ['InterLink here, and a kubeconfig', {}, '/kubeconfig', ['cluster', 'site']],
  [
    'InterLink elsewhere, in a pod',
    { INTERLINKURL: 'https://a.example', KUBERNETES_SERVICE_HOST: 'k' },
    undefined,
    ['cluster'],
  ],
  [
    'InterLink under its public name, behind an address that it listens on',
    { INTERLINKURL: 'https://a.example', INTERLINKADDRESS: 'https://0.0.0.0', KUBECONFIG: '/k' },
    undefined,
    ['cluster', 'site'],
  ],
  ['the end of a tunnel, and a kubeconfig', { INTERLINKURL: 'unix:///run/i.sock' }, '/kubeconfig', ['cluster']],
  [
    'sockets of both here, and a kubeconfig',
    { INTERLINKURL: 'unix:///run/i.sock', SIDECARURL: 'unix:///run/s.sock' },
    '/kubeconfig',
    ['cluster', 'site'],
  ],
] as const)('chooseSides() with %s', async (_case, env, kubeconfig, sides) => {
  const { config } = await loadInterLinkConfig({ INTERLINKCONFIGPATH: '/dev/null', ...env });
  expect([...chooseSides({ env: { ...nowhere, ...env }, kubeconfig, config })]).toEqual(sides);
});

test('chooseSides() is what was asked for', () => {
  expect([...chooseSides({ env: nowhere, side: 'cluster', config: undefined })]).toEqual(['cluster']);
});
