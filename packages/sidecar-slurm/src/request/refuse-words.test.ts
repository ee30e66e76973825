import { describe, expect, test } from 'vitest';
import { podWith } from '../testing/pods.ts';
import { refuseWords } from './refuse-words.ts';

const refusalsOf = (container: object) => refuseWords(podWith({ container }).spec);
const long = 'x'.repeat(131_071);

describe('refuseWords()', () => {
  test('lets a pod have words as long as Linux takes them, and any text but a NUL', () => {
    const httpGet = { port: 'web', host: '127.0.0.1', path: '/\r\n', httpHeaders: [{ name: 'X', value: '$(id)' }] };
    const ports = [{ name: 'web', containerPort: 80 }];
    const args = [long, '$(id)\n`id`\u0001'];
    expect(refusalsOf({ command: ['sh'], args, ports, livenessProbe: { httpGet } })).toEqual([]);
  });

  test.each<[object, string]>([
    [{ args: ['a', 'b\0c'] }, 'containers[0].args[1] holds a NUL, which nothing can be given'],
    [{ workingDir: '/a\0' }, 'containers[0].workingDir holds a NUL, which nothing can be given'],
    [{ args: [`${long}x`] }, 'container c0: args has a word of 131072 bytes, and Linux gives programs 131071 at most'],
    [
      { env: [{ name: 'A', value: long }] },
      'container c0: env has a word of 131073 bytes, and Linux gives programs 131071 at most',
    ],
    [
      { lifecycle: { preStop: { exec: { command: [`${long}é`] } } } },
      'container c0: preStop.exec.command has a word of 131073 bytes, and Linux gives programs 131071 at most',
    ],
    [
      { readinessProbe: { httpGet: { port: 80, httpHeaders: [{ name: 'X', value: 'a\r\nHost: b' }] } } },
      "container c0: readinessProbe.httpGet: a host or a header of more than one line can't be sent",
    ],
    [{ livenessProbe: { tcpSocket: { port: 'web' } } }, 'container c0: livenessProbe: port "web" not found'],
    [{ livenessProbe: { tcpSocket: { port: 80, host: 'a/b' } } }, 'container c0: livenessProbe: "a/b" is not a host'],
  ])('refuses %#', (container, reason) => {
    expect(refusalsOf(container)).toEqual([reason]);
  });
});
