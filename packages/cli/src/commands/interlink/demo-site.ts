import { InterLinkError } from '@interlink/protocol';
import type { Command } from '../../command.ts';
import type { SiteSettings } from '../../demo/site-settings.ts';

/** What `interlink demo` starts to keep its site, and to take it away should the demo be killed. */
export const demoSiteCommand: Command = {
  name: 'demo-site',
  summary: 'The processes of the demo.',
  run: async ([settings = ''], signal) => {
    if (process.channel === undefined) {
      throw new InterLinkError('invalid_argument', 'demo-site is what interlink demo starts: it is not for people');
    }
    const { keepSite } = await import('../../demo/keep-site.ts');
    await keepSite(JSON.parse(settings) as SiteSettings, signal);
  },
};
