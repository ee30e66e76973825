import { describe, expect, test } from 'vitest';
import { parseDockerConfig } from './docker-config.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');

describe('parseDockerConfig()', () => {
  test('reads what kubectl and docker login write, in order', () => {
    const auths = {
      'https://index.docker.io/v1/': { username: 'a', password: 'b', email: 'c', auth: base64('name:pass:word') },
      'reg.example.org:5000/team': { username: 'a', password: 'b' },
      '*.example.org': { auth: base64('n:p\0\0') },
      'token.example.org': { auth: base64('00000000-0000-0000-0000-000000000000:'), identitytoken: 'tok' },
      'empty.example.org': {},
    };
    const wanted = [
      { registry: 'https://index.docker.io/v1/', username: 'name', password: 'pass:word' },
      { registry: 'reg.example.org:5000/team', username: 'a', password: 'b' },
      { registry: '*.example.org', username: 'n', password: 'p' },
      { registry: 'token.example.org', identityToken: 'tok' },
    ];
    expect(parseDockerConfig(JSON.stringify({ auths, credsStore: 'desktop' }), 'whole')).toEqual(wanted);
    expect(parseDockerConfig(JSON.stringify(auths), 'auths')).toEqual(wanted);
  });

  test.each([
    'no JSON',
    '[]',
    '{}',
    '{"auths": 3}',
    '{"auths": {"r": 3}}',
    '{"auths": {"": {"username": "a"}}}',
    '{"auths": {"r": {"username": 3}}}',
    `{"auths": {"r": {"auth": "${base64('no colon')}"}}}`,
  ])('refuses %s', (text) => {
    expect(parseDockerConfig(text, 'whole')).toBeUndefined();
  });
});
