import { binaryFraming, parseResize } from '@interlink/protocol';
import { renderResize } from '../../../packages/protocol/src/streaming/channels.ts';
import { parseCommandStatus, toCommandStatus } from '../../../packages/protocol/src/streaming/command-status.ts';
import { base64Framing } from '../../../packages/virtual-kubelet/src/streaming/websocket/base64-framing.ts';
import { written } from '../corpus.ts';
import { hold, type Target, throwsNothing } from '../target.ts';

/** A message of a WebSocket, to either framing, and what its payload may be: bytes, a terminal's size, how a command ended. */
export const channels: Target = {
  name: 'websocket-channels',
  corpus: written(
    '0aGVsbG8=',
    renderResize({ width: 80, height: 24 }),
    Buffer.of(255, 0),
    `\u0003${JSON.stringify(toCommandStatus({ exitCode: 3 }))}`,
    toCommandStatus({ exitCode: 0 }),
    toCommandStatus({ exitCode: 137 }),
  ),
  read: (input) => {
    for (const framing of [binaryFraming, base64Framing]) {
      for (const isBinary of [true, false]) {
        const frame = framing.parse(input, { isBinary });
        if (frame === undefined) continue;
        hold(frame.channel >= 0 && frame.channel <= 255, 'a channel has one byte');
        parseResize(frame.payload);
        parseCommandStatus(frame.payload);
      }
    }
    const end = parseCommandStatus(input);
    hold(end.error !== undefined || Number.isInteger(end.exitCode), 'a command ends with a number or an error');
  },
  mayThrow: throwsNothing,
};
