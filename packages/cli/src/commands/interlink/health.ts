import { InterLinkError } from '@interlink/protocol';
import { interLinkListenUrl, loadInterLinkConfig } from '@interlink/service-kit';
import type { Command } from '../../command.ts';
import { showReadiness } from '../../health/show-readiness.ts';

export const healthCommand: Command = {
  name: 'health',
  summary: 'Asks the gateway that runs by the same configuration whether it is ready.',
  run: async ([word]) => {
    if (word === '--help' || word === '-h') return void process.stdout.write('Usage: interlink health\n');
    if (word !== undefined)
      throw new InterLinkError(
        'invalid_argument',
        `interlink health takes no arguments, but got ${JSON.stringify(word)}`,
      );
    const { config } = await loadInterLinkConfig();
    await showReadiness(interLinkListenUrl(config));
  },
};
