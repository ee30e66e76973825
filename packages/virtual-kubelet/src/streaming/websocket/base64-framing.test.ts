import { renderFrame } from '@interlink/protocol';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { WebSocket } from 'ws';
import { base64Framing } from './base64-framing.ts';

const isText = { isBinary: false };

it('base64Framing reads back what it sent', () => {
  fc.assert(
    fc.property(fc.nat(9), fc.uint8Array(), (channel, payload) => {
      const sent: string[] = [];
      const socket = { send: (text: string) => sent.push(text) } as unknown as WebSocket;
      base64Framing.send(socket, renderFrame(channel, payload), () => undefined);
      const read = base64Framing.parse(Buffer.from(sent.join('')), isText);
      expect(read).toEqual({ channel, payload: Buffer.from(payload) });
    }),
  );
});

it('base64Framing has no frame in anything else', () => {
  for (const message of ['', 'x', '/', ':']) expect(base64Framing.parse(Buffer.from(message), isText)).toBeUndefined();
  expect(base64Framing.parse(Buffer.from('0YQ=='), { isBinary: true })).toBeUndefined();
});
