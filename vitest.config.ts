import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { PATIENCE } from './test/testbed/patience.ts';

// Tests run from TypeScript source: the project's own export condition comes first.
const shared = {
  ssr: { resolve: { conditions: ['interlink-source', 'node'] } },
  resolve: { conditions: ['interlink-source', 'node'] },
};

const waits = { setupFiles: ['test/testbed/patient-waits.ts'] };

// Most tests wait more than they compute. vitest would take one worker on two processors. Not for e2e: one site of its own at a time.
const parallel = { maxWorkers: Math.max(2, availableParallelism() - 1) };

export default defineConfig({
  test: {
    reporters: ['default', './scripts/closing-line-reporter.ts'],
    projects: [
      {
        ...shared,
        test: {
          name: 'unit',
          ...waits,
          ...parallel,
          isolate: false,
          include: [
            'packages/*/src/**/*.test.ts',
            'scripts/**/*.test.ts',
            'test/testbed/**/*.test.ts',
            'test/chaos/**/*.test.ts',
            'bench/**/*.test.ts',
            'test/fuzz/**/*.test.ts',
          ],
          exclude: ['**/*.integration.test.ts'],
          // They take milliseconds; a machine under load may stop for seconds.
          testTimeout: 20_000 * PATIENCE,
          hookTimeout: 20_000 * PATIENCE,
        },
      },
      {
        ...shared,
        test: {
          name: 'integration',
          ...waits,
          ...parallel,
          include: [
            'packages/*/src/**/*.integration.test.ts',
            'test/conformance/**/*.test.ts',
            'test/interop/**/*.test.ts',
            'test/attacks/**/*.test.ts',
            'test/testbed/**/*.integration.test.ts',
            'test/chaos/**/*.integration.test.ts',
          ],
          // Of the tests in one file that say they are concurrent: they wait for pods, not for the processor.
          maxConcurrency: 24,
          globalSetup: ['test/testbed/vitest-setup.ts'],
          testTimeout: 60_000 * PATIENCE,
          hookTimeout: 120_000 * PATIENCE,
        },
      },
      {
        ...shared,
        test: {
          // What meets a Kubernetes API, against the oldest release that is supported.
          name: 'oldest-kubernetes',
          ...waits,
          ...parallel,
          include: [
            'packages/kube/src/**/*.integration.test.ts',
            'packages/virtual-kubelet/src/**/*.integration.test.ts',
          ],
          // Of an issuer of tokens, not of Kubernetes.
          exclude: ['packages/virtual-kubelet/src/credentials/**'],
          maxConcurrency: 24,
          globalSetup: ['test/testbed/vitest-setup-oldest.ts'],
          testTimeout: 60_000 * PATIENCE,
          hookTimeout: 120_000 * PATIENCE,
        },
      },
      {
        ...shared,
        test: {
          name: 'e2e',
          ...waits,
          include: ['test/e2e/**/*.test.ts'],
          globalSetup: ['test/testbed/vitest-setup.ts'],
          testTimeout: 180_000 * PATIENCE,
          hookTimeout: 180_000 * PATIENCE,
          fileParallelism: false,
          // As above; test/e2e/faults has a dozen outages of a minute each.
          maxConcurrency: 24,
        },
      },
    ],
  },
});
