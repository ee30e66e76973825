import type { AddressInfo } from 'node:net';
import { createLogger, noAuthentication } from '@interlink/service-kit';
import { createMockBackend } from '@interlink/sidecar-mock';
import { createSidecarServer, PodService } from '@interlink/sidecar-sdk';
import { expect, inject, onTestFinished, test } from 'vitest';
import { startInterLink } from '../../packages/interlink/src/testing/running-interlink.ts';
import { canMakeVenvs } from '../testbed/index.ts';
import { runSchemathesis } from './schemathesis.ts';

/** The mock sidecar's server in this process. */
async function startMock(): Promise<number> {
  const shutdown = new AbortController();
  const logger = createLogger('test', 'silent');
  const service = new PodService(createMockBackend(), logger);
  const app = createSidecarServer({ service, logger, authenticate: noAuthentication, shutdown: shutdown.signal });
  const running = service.run(shutdown.signal);
  await service.listed;
  await app.listen({ host: '127.0.0.1', port: 0 });
  onTestFinished(async () => {
    shutdown.abort();
    await Promise.all([app.close(), running]);
  });
  return (app.server.address() as AddressInfo).port;
}

test.skipIf(!canMakeVenvs(inject('testbed')))(
  'InterLink answers nothing with 500, and nothing that its OpenAPI document does not have',
  async () => {
    const interlink = await startInterLink(await startMock(), { isTcp: true });
    const found = await runSchemathesis(interlink.url, 'the-account-token');
    expect(found).toBe('');
  },
  300_000,
);
