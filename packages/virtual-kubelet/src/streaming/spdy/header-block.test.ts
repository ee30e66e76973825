import { PassThrough } from 'node:stream';
import { inflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyBlocks, HeaderReader, parseHeaders } from './header-block.ts';
import { renderHeaders, SpdyClient } from './testing/spdy-client.ts';

const text = fc.string({ unit: fc.constantFrom('a', 'b', '\0', '-', 'é', '7'), maxLength: 40 });
const headers = fc.dictionary(text, text, { maxKeys: 32, noNullPrototype: true });

describe('HeaderReader', () => {
  it('reads block after block of one connection', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(headers, { maxLength: 20 }), async (blocks) => {
        const client = new SpdyClient(new PassThrough());
        const reader = new HeaderReader();
        for (const block of blocks) {
          const read = await reader.read(await client.compress(renderHeaders(block)));
          expect(Object.fromEntries(read)).toEqual(block);
        }
        reader.close();
        client.socket.destroy();
      }),
      { numRuns: 30 },
    );
  });

  it('refuses what grows beyond 64 KiB', async () => {
    const client = new SpdyClient(new PassThrough());
    const bomb = await client.compress(renderHeaders({ bomb: 'x'.repeat(10_000_000) }));
    expect(bomb.length).toBeLessThan(20_000);
    const reader = new HeaderReader();
    await expect(reader.read(bomb)).rejects.toThrow('more than 65536 bytes');
    await expect(reader.read(bomb)).rejects.toThrow('the connection is over');
    client.socket.destroy();
  });

  it('refuses noise, and what waits at the end', async () => {
    const reader = new HeaderReader();
    await expect(reader.read(Buffer.from('noise'))).rejects.toMatchObject({ name: 'SpdyError' });
    const other = new HeaderReader();
    const reading = other.read(Buffer.of(0x78));
    other.close();
    await expect(reading).rejects.toMatchObject({ name: 'SpdyError' });
  });
});

describe('parseHeaders()', () => {
  it('reads names in lower case', () => {
    expect([...parseHeaders(renderHeaders({ Port: '80' }))]).toEqual([['port', '80']]);
  });

  it('throws nothing but SpdyError, whatever comes', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (noise) => {
        try {
          parseHeaders(Buffer.from(noise));
        } catch (error) {
          expect(error).toMatchObject({ name: 'SpdyError' });
        }
      }),
    );
  });

  it('refuses more than 32 headers', () => {
    const many = Object.fromEntries(Array.from({ length: 33 }, (_, index) => [`h${index}`, '']));
    expect(() => parseHeaders(renderHeaders(many))).toThrow('33 headers');
  });
});

describe('emptyBlocks', () => {
  it('are one zlib stream of empty blocks', () => {
    const stream = Buffer.concat([emptyBlocks.first, emptyBlocks.later, emptyBlocks.later]);
    expect(inflateSync(stream, { finishFlush: 2 })).toEqual(Buffer.alloc(12));
  });
});
