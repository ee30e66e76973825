import { expect, test } from 'vitest';
import { processSocketUrl } from './sidecar.ts';

const unset = { SidecarURL: 'http://127.0.0.1' };

test('processSocketUrl() prefers the run-time folder, then the state folder', () => {
  const state = { XDG_STATE_HOME: '/s' };
  expect(processSocketUrl(unset, { ...state, XDG_RUNTIME_DIR: '/run/user/1' })).toBe(
    'unix:///run/user/1/interlink/process.sock',
  );
  expect(processSocketUrl(unset, { ...state, XDG_RUNTIME_DIR: '' })).toBe('unix:///s/interlink/process.sock');
  expect(processSocketUrl(unset, {})).toMatch(/^unix:\/\/\/.*\/\.local\/state\/interlink\/process\.sock$/);
});

test('processSocketUrl() takes a socket from the configuration and refuses any other address', () => {
  expect(processSocketUrl({ SidecarURL: 'unix:///a/b.sock' }, {})).toBe('unix:///a/b.sock');
  expect(() => processSocketUrl({ SidecarURL: 'http://0.0.0.0' }, {})).toThrow('SidecarURL is "http://0.0.0.0"');
});
