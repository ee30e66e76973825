import type { ChannelFraming } from '@interlink/protocol';

/**
 * Frames for clients that can't send bytes: a text message of the channel's digit and the payload in base64
 * (https://pkg.go.dev/k8s.io/apimachinery/pkg/util/httpstream/wsstream).
 */
export const base64Framing: ChannelFraming = {
  parse: (message, { isBinary }) => {
    const channel = (message[0] ?? 0) - digitZero;
    if (isBinary || !(channel >= 0 && channel <= 9)) return undefined;
    return { channel, payload: Buffer.from(message.toString('latin1', 1), 'base64') };
  },
  send: (socket, message, done) => {
    const text = `${message[0]}${message.toString('base64', 1)}`;
    socket.send(text, { binary: false }, done);
  },
};

const digitZero = 0x30;
