import { describe, expect, test } from 'vitest';
import { toPullFailure } from './pull-failure.ts';

const circumstances = {
  image: 'reg.example.org/a:1',
  registry: 'reg.example.org',
  hasLogin: false,
  hasCredentials: false,
};

describe('toPullFailure()', () => {
  test.each([
    ['manifest for reg.example.org/a:1 not found: manifest unknown: manifest unknown', 'not-found', 'ErrImagePull'],
    ['no matching manifest for linux/arm64 in the manifest list entries', 'not-found', 'ErrImagePull'],
    ['Get "https://reg.example.org/v2/": no basic auth credentials', 'unauthorised', 'ErrImagePull'],
    [
      "pull access denied for a, repository does not exist or may require 'docker login': denied",
      'unauthorised',
      'ErrImagePull',
    ],
    ['Get "https://reg.example.org/v2/": unauthorized: authentication required', 'unauthorised', 'ErrImagePull'],
    [
      'Get "http://127.0.0.1:1/v2/": dial tcp 127.0.0.1:1: connect: connection refused',
      'unreachable',
      'RegistryUnavailable',
    ],
    ['Get "https://x/v2/": dial tcp: lookup x on 127.0.0.53:53: no such host', 'unreachable', 'RegistryUnavailable'],
    ['Get "https://x/v2/": net/http: TLS handshake timeout', 'unreachable', 'RegistryUnavailable'],
    ['Get "https://x/v2/": http: server gave HTTP response to HTTPS client', 'untrusted', 'ErrImagePull'],
    ['Get "https://x/v2/": tls: failed to verify certificate: x509: unknown authority', 'untrusted', 'ErrImagePull'],
    ['toomanyrequests: You have reached your unauthenticated pull rate limit.', 'limited', 'ErrImagePull'],
    ['write /var/lib/docker/tmp/x: no space left on device', 'other', 'ErrImagePull'],
  ])('reads %s as %s', (text, kind, reason) => {
    const failure = toPullFailure(text, circumstances);
    expect(failure).toMatchObject({ kind, reason });
    expect(failure.message.endsWith(text)).toBe(true);
  });

  test.each([
    [{ hasLogin: false, hasCredentials: false }, 'the pod has no imagePullSecrets'],
    [{ hasLogin: false, hasCredentials: true }, "none of the pod's imagePullSecrets is for it"],
    [{ hasLogin: true, hasCredentials: true }, "does not let the pod's imagePullSecrets have image"],
  ])('says what became of the pod’s Secrets: %j', (more, words) => {
    expect(toPullFailure('unauthorized', { ...circumstances, ...more }).message).toContain(words);
  });
});
