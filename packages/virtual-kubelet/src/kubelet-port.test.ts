import { expect, test } from 'vitest';
import { listenHost } from './kubelet-port.ts';

test.each([
  ['10.0.0.1', '0.0.0.0'],
  ['node.example.org', '0.0.0.0'],
  ['127.0.0.1', '127.0.0.1'],
  ['127.0.0.2', '127.0.0.2'],
])('listenHost() of a node with the address %s is %s', (address, host) => {
  expect(listenHost(address)).toBe(host);
});
