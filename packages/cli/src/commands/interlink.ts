import type { Command } from '../command.ts';
import { isHelpOrRefused } from './no-arguments.ts';

const name = 'interlink';
const summary = 'The gateway between virtual kubelets and a sidecar.';

export const interLinkCommand: Command = {
  name,
  summary,
  run: async (args, signal) => {
    if (isHelpOrRefused(name, summary, args)) return;
    const { runInterLink } = await import('@interlink/interlink');
    await runInterLink(signal);
  },
};
