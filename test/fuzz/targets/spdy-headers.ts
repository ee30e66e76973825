import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { headerDictionary } from '../../../packages/virtual-kubelet/src/streaming/spdy/dictionary.ts';
import { SpdyError } from '../../../packages/virtual-kubelet/src/streaming/spdy/frames.ts';
import {
  emptyBlocks,
  HeaderReader,
  parseHeaders,
} from '../../../packages/virtual-kubelet/src/streaming/spdy/header-block.ts';
import { renderHeaders } from '../../../packages/virtual-kubelet/src/streaming/spdy/testing/spdy-client.ts';
import { written } from '../corpus.ts';
import type { Target } from '../target.ts';

const plain = renderHeaders({ streamtype: 'stdin', port: '80', requestid: '0' });
const deflated = (bytes: Uint8Array) => deflateSync(bytes, { dictionary: headerDictionary });

/** The block of a connection: compressed, then names and values. */
export const spdyHeaders: Target = {
  name: 'spdy-headers',
  corpus: written(deflated(plain), emptyBlocks.first, deflated(Buffer.alloc(100_000))),
  structured: fc.uint8Array({ maxLength: 80 }).map((bytes) => deflated(Buffer.concat([plain, bytes]))),
  read: async (input) => {
    const reader = new HeaderReader();
    try {
      await reader.read(input);
    } finally {
      reader.close();
    }
  },
  mayThrow: (error) => error instanceof SpdyError,
};

export const spdyHeaderNames: Target = {
  name: 'spdy-header-names',
  corpus: written(plain, renderHeaders({})),
  read: (input) => parseHeaders(input),
  mayThrow: (error) => error instanceof SpdyError,
};
