import { InterLinkError } from '@interlink/protocol';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { V1Ping } from './v1-ping.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function peerSaying(...answers: ReadonlyArray<string | InterLinkError>) {
  const left = [...answers];
  const ping = vi.fn(async () => {
    const answer = left.length > 1 ? left.shift() : left[0];
    if (answer instanceof InterLinkError) throw answer;
    return answer ?? '';
  });
  return { ping, health: new V1Ping({ ping }) };
}

test('V1Ping.read() asks once in ten seconds, whoever wants to know', async () => {
  const { ping, health } = peerSaying('{"resources": {"cpu": 4}}', '[]');
  const pool = { name: 'default', capacity: { cpu: '4' } };
  expect(await health.read()).toEqual({ pool, trouble: undefined });
  vi.advanceTimersByTime(9_000);
  expect(await health.read()).toEqual({ pool, trouble: undefined });
  vi.advanceTimersByTime(2_000);
  expect(await health.read()).toEqual({ pool: undefined, trouble: undefined });
  expect(ping).toHaveBeenCalledTimes(2);
});

test('V1Ping.read() of a peer that answers with a failure tells it; silence is thrown, and asked again at once', async () => {
  const { health } = peerSaying(
    new InterLinkError('unavailable', 'Cannot reach it'),
    new InterLinkError('internal', 'sinfo stderr'),
  );
  await expect(health.read()).rejects.toMatchObject({ code: 'unavailable' });
  expect(await health.read()).toEqual({ pool: undefined, trouble: 'sinfo stderr' });
});
