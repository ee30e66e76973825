import type { Duplex } from 'node:stream';

/**
 * Makes two connections one: bytes, ends and breaks of each reach the other, at the pace of the slower one.
 * @returns when both are closed
 */
export async function joinConnections(one: Duplex, other: Duplex): Promise<void> {
  one.pipe(other);
  other.pipe(one);
  await Promise.all([closing(one, other), closing(other, one)]);
}

/** One that closes after both of its ends leaves the other to write out what it has; any other close is a break. */
async function closing(self: Duplex, peer: Duplex): Promise<void> {
  await new Promise<void>((resolve) => {
    const close = () => {
      if (!self.readableEnded || !self.writableFinished) peer.destroy(self.errored ?? undefined);
      resolve();
    };
    self.on('error', () => undefined);
    if (self.closed) close();
    else self.once('close', close);
  });
}
