import { describe, expect, it } from 'vitest';
import { createAuthorize } from './authorize.ts';
import type { Identity } from './credentials.ts';
import type { NodeAccess, Reviews } from './reviews.ts';
import { keepLogLines } from './testing/log-lines.ts';
import { ManualClock } from './testing/manual-clock.ts';

const alice: Identity = { user: 'alice', groups: ['dev'] };
const master: Identity = { user: 'api', groups: ['x', 'system:masters'] };
const proxy = [{ verb: 'get', subresources: ['proxy'] }];

/** An API that knows the token `good` and allows what is in `allowed`; counts its questions. */
function setUp(allowed: readonly string[] = []) {
  const asked: string[] = [];
  const clock = new ManualClock();
  const api = { failure: undefined as Error | undefined, allowed: new Set(allowed) };
  const reviews: Reviews = {
    async whoIs(token) {
      asked.push('token');
      if (api.failure) throw api.failure;
      return token === 'good' ? alice : undefined;
    },
    async isAllowed({ user }, { verb, subresource, nodeName }: NodeAccess) {
      asked.push(`${user} ${verb} ${subresource} ${nodeName}`);
      if (api.failure) throw api.failure;
      return api.allowed.has(`${verb} ${subresource}`);
    },
  };
  const { logger, lines } = keepLogLines();
  const authorize = createAuthorize({ reviews, nodeName: 'n', logger, nowMs: clock.nowMs });
  return { authorize, asked, clock, api, lines };
}

describe('createAuthorize()', () => {
  it('refuses who shows nothing, or an unknown token, with 401', async () => {
    const { authorize } = setUp(['get proxy']);
    const unauthorized = { refusal: { status: 401, text: 'Unauthorized' } };
    expect(await authorize({}, proxy)).toEqual(unauthorized);
    expect(await authorize({ bearerToken: 'bad' }, proxy)).toEqual(unauthorized);
  });

  it('lets members of system:masters in without asking', async () => {
    const { authorize, asked } = setUp();
    expect(await authorize({ certificate: master }, proxy)).toEqual({ user: 'api' });
    expect(asked).toEqual([]);
  });

  it('lets in who is allowed any one of the subresources', async () => {
    const { authorize, asked } = setUp(['get proxy']);
    const checks = [{ verb: 'get', subresources: ['pods', 'proxy'] }];
    expect(await authorize({ bearerToken: 'good' }, checks)).toEqual({ user: 'alice' });
    expect(asked).toEqual(['token', 'alice get pods n', 'alice get proxy n']);
  });

  it('refuses with the kubelet’s words', async () => {
    const { authorize } = setUp();
    const checks = [{ verb: 'get', subresources: ['pods', 'proxy'] }];
    expect((await authorize({ certificate: alice }, checks)).refusal).toEqual({
      status: 403,
      text: 'Forbidden (user=alice, verb=get, resource=nodes, subresource(s)=[pods proxy])',
    });
  });

  it('wants every check to be met', async () => {
    const { authorize } = setUp(['get proxy']);
    const { refusal } = await authorize({ certificate: alice }, [
      ...proxy,
      { verb: 'create', subresources: ['proxy'] },
    ]);
    expect(refusal?.text).toBe('Forbidden (user=alice, verb=create, resource=nodes, subresource(s)=[proxy])');
  });

  it('remembers a token for 2 min, a permission for 5 min, a denial for 30 s', async () => {
    const { authorize, asked, clock, api } = setUp();
    const asks = async () => {
      asked.length = 0;
      await authorize({ bearerToken: 'good' }, proxy);
      return asked.map((question) => question.split(' ')[0]);
    };
    expect(await asks()).toEqual(['token', 'alice']);
    clock.advance(29_999);
    expect(await asks()).toEqual([]);
    api.allowed.add('get proxy');
    clock.advance(1);
    expect(await asks()).toEqual(['alice']);
    clock.advance(90_000);
    expect(await asks()).toEqual(['token']);
    clock.advance(209_999);
    expect(await asks()).toEqual(['token']);
    clock.advance(1);
    expect(await asks()).toEqual(['alice']);
  });

  it('keeps two users of the same name but other groups apart', async () => {
    const { authorize, asked } = setUp();
    await authorize({ certificate: alice }, proxy);
    await authorize({ certificate: { ...alice, groups: [] } }, proxy);
    expect(asked).toHaveLength(2);
  });

  it('lets nobody in while the API cannot be asked, and says so once', async () => {
    const { authorize, api, lines } = setUp(['get proxy']);
    api.failure = new Error('no route');
    expect((await authorize({ bearerToken: 'good' }, proxy)).refusal?.status).toBe(401);
    for (let i = 0; i < 3; i += 1) {
      expect((await authorize({ certificate: alice }, proxy)).refusal).toEqual({
        status: 500,
        text: 'Authorization error (user=alice, verb=get, resource=nodes, subresource(s)=[proxy])',
      });
    }
    expect(lines).toHaveLength(2);
    api.failure = undefined;
    expect(await authorize({ certificate: alice }, proxy)).toEqual({ user: 'alice' });
  });
});
