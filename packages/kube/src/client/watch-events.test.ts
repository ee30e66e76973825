import { describe, expect, it } from 'vitest';
import { collect } from '../testing/collect.ts';
import { readWatchEvents } from './watch-events.ts';

async function* chunksOf(...texts: string[]) {
  for (const text of texts) yield Buffer.from(text);
}

describe('readWatchEvents()', () => {
  it('reads one event per line', async () => {
    const line = (type: string, name: string) => `${JSON.stringify({ type, object: { metadata: { name } } })}\n`;
    const events = await collect(
      readWatchEvents(chunksOf(line('ADDED', 'ä') + line('BOOKMARK', 'b'), line('DELETED', 'c')), 'watch pods'),
    );
    expect(events.map(({ type, object }) => [type, object.metadata?.name])).toEqual([
      ['ADDED', 'ä'],
      ['BOOKMARK', 'b'],
      ['DELETED', 'c'],
    ]);
  });

  it('throws an ERROR event as the Status that it holds', async () => {
    const line = '{"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired","message":"too old"}}\n';
    await expect(collect(readWatchEvents(chunksOf(line), 'watch pods'))).rejects.toMatchObject({
      code: 410,
      reason: 'Expired',
      message: 'Cannot watch pods: too old (HTTP 410 Expired)',
    });
  });

  it.each([
    ['a line that is not JSON', '{"type":"ADDED","object":{"data":{"password":"hunter2"\n'],
    ['a line that is no event', '{"kind":"Secret","data":{"password":"hunter2"}}\n'],
    ['a stream that is cut', '{"type":"ADDED","object":{"data":{"password":"hunter2"'],
  ])('calls %s malformed and does not quote it', async (_what, text) => {
    const reading = collect(readWatchEvents(chunksOf(text), 'watch secrets'));
    await expect(reading).rejects.toMatchObject({ name: 'KubeTransportError', code: 'malformed' });
    await expect(reading).rejects.not.toThrow('hunter2');
  });
});
