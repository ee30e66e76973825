import { InterLinkError } from '@interlink/protocol';
import { expect, it } from 'vitest';
import { renderStatus } from './status-text.ts';

it('renderStatus() is JSON since version 4', () => {
  expect(renderStatus('v4.channel.k8s.io', { exitCode: 0 })).toBe('{"metadata":{},"status":"Success"}');
  expect(JSON.parse(renderStatus('v5.channel.k8s.io', { exitCode: 7 }))).toEqual({
    metadata: {},
    status: 'Failure',
    message: 'command terminated with non-zero exit code: exit status 7',
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: '7' }] },
  });
});

it.each(['v3.channel.k8s.io', 'v2.channel.k8s.io', 'channel.k8s.io', ''])(
  'renderStatus() is a text in %j',
  (protocol) => {
    expect(renderStatus(protocol, { exitCode: 0 })).toBe('');
    const error = new InterLinkError('not_found', 'no such program');
    expect(renderStatus(protocol, { error })).toMatch(/^Internal error occurred: .*: no such program$/);
  },
);
