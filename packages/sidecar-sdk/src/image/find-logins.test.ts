import { describe, expect, test } from 'vitest';
import { findLogins } from './find-logins.ts';
import { toRepository } from './reference.ts';

const login = (registry: string, username = registry) => ({ registry, username, password: 'p' });

describe('findLogins()', () => {
  test.each([
    ['reg.example.org', 'reg.example.org/a/b', true],
    ['https://reg.example.org', 'reg.example.org/a/b', true],
    ['https://reg.example.org/v2/', 'reg.example.org/a/b', true],
    ['reg.example.org/a', 'reg.example.org/a/b', true],
    ['reg.example.org/b', 'reg.example.org/a/b', false],
    ['reg.example.org', 'reg.example.org:5000/a', false],
    ['reg.example.org:5000', 'reg.example.org:5000/a', true],
    ['reg.example.org:5000', 'reg.example.org/a', false],
    ['*.example.org', 'reg.example.org/a', true],
    ['*.example.org', 'example.org/a', false],
    ['*.example.org', 'deep.reg.example.org/a', false],
    ['r*g.*.org', 'reg.example.org/a', true],
    ['re*reg.example.org', 'reg.example.org/a', false],
    [`${'*e'.repeat(2000)}x.org`, `${'e'.repeat(5000)}.org/a`, false],
    ['reg.example.*', 'regXexample.org/a', false],
    ['https://index.docker.io/v1/', 'busybox', true],
    ['docker.io', 'team/app', true],
    ['docker.io/team', 'docker.io/team/app', true],
    ['docker.io/team', 'busybox', false],
    ['index.docker.io', 'reg.example.org/a', false],
    ['localhost:5000', 'localhost:5000/a', true],
    ['', 'busybox', false],
    ['(a+)+$', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.org/a', false],
  ])('%j for image %s: %s', (registry, image, isFitting) => {
    expect(findLogins([login(registry)], toRepository(image))).toHaveLength(isFitting ? 1 : 0);
  });

  test('gives the most specific first, and each once', () => {
    const credentials = [
      login('*.example.org', 'any'),
      login('reg.example.org', 'host'),
      login('reg.example.org/team/app', 'app'),
      login('reg.example.org/team', 'team'),
      login('https://reg.example.org', 'host'),
    ];
    const found = findLogins(credentials, toRepository('reg.example.org/team/app'));
    expect(found.map(({ username }) => username)).toEqual(['app', 'team', 'host', 'any']);
  });
});
