import { InterLinkError } from '@interlink/protocol';
import { type Check, NotApplicable, problem } from '../check.ts';
import { lookAtPeer } from '../look-at-peer.ts';

export const interLink: Check = {
  name: 'interlink',
  summary: 'InterLink answers where the virtual kubelet looks for it, lets this account in, and says what it can do.',
  sides: ['cluster', 'site'],
  timeoutMs: 15_000,
  run: async (context) => {
    await context.config();
    let peer: Awaited<ReturnType<typeof context.interLink>>;
    try {
      peer = await context.interLink();
    } catch (error) {
      if (error instanceof NotApplicable) throw error;
      return [
        problem({
          what: InterLinkError.from(error).message,
          why: 'the virtual kubelet does not start, or never reaches InterLink',
          fix: 'mend the file that is named, or the key that names it',
        }),
      ];
    }
    return await lookAtPeer(peer, context);
  },
};
