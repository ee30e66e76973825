import { ownerPath, type PodReport, ReportLog } from '@interlink/protocol';
import { createHttpServer, createLogger, noAuthentication, sendRecords } from '@interlink/service-kit';

// A sidecar whose pods change as often as it is told: PORT PODS CHANGES_PER_SECOND. Each change carries the time at which it was made.
const [port = 0, podCount = 0, changesPerSecond = 0] = process.argv.slice(2).map(Number);
const beatMs = 10;
const log = new ReportLog();
const report = (index: number): PodReport => ({
  uid: `11111111-1111-4111-8111-${String(index).padStart(12, '0')}`,
  namespace: 'bench',
  name: `pod-${index}`,
  status: {
    jobID: String(Date.now()),
    containerStatuses: [
      {
        name: 'main',
        state: { running: { startedAt: '2027-01-01T00:00:00Z' } },
        ready: true,
        restartCount: index,
        image: 'docker.io/library/busybox:1.36',
        imageID: 'docker.io/library/busybox@sha256:3fbc632167424a6d997e74f52b878d7cc478225cffac6bc977eedfe51c7f4e79',
      },
    ],
  },
});
for (let index = 0; index < podCount; index += 1) log.put(report(index));

const app = createHttpServer({
  logger: createLogger('bench', 'silent'),
  authenticate: noAuthentication,
  readiness: {},
});
app.get('/v2/capabilities', async () => ({
  ...{ protocolVersions: ['v2'], backend: { kind: 'bench', version: '1' }, verbs: [], volumeTypes: [], queues: false },
  pools: [],
}));
app.get(`${ownerPath({ cluster: 'bench', node: 'bench' })}/pods`, async (request, reply) => {
  await sendRecords(request, reply, log.subscribe(), new AbortController().signal);
});
await app.listen({ host: '127.0.0.1', port });

let made = 0;
const startedAt = performance.now();
setInterval(() => {
  for (const due = ((performance.now() - startedAt) * changesPerSecond) / 1_000; made < due; made += 1) {
    log.put(report(made % podCount));
  }
}, beatMs);
