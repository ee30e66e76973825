import { createLogger, loadInterLinkConfig } from '@interlink/service-kit';
import { interLinkToken } from '../interlink-token.ts';

// A process that gets its token for InterLink once, and sends it to its parent.
const { config } = await loadInterLinkConfig();
const token = await interLinkToken(config, createLogger('test', 'silent'));
process.send?.(await token.current());
process.disconnect?.();
