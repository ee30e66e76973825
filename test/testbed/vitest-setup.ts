import type { TestProject } from 'vitest/node';
import { findPodLeftovers } from './docker/pod-leftovers.ts';
import { assertNothingMissingInCi, renderMissing } from './missing-parts.ts';
import { findJobLeftovers } from './slurm/job-leftovers.ts';
import { startTestbed, type Testbed, type TestbedOptions } from './testbed.ts';
import type { TestbedData } from './testbed-data.ts';

declare module 'vitest' {
  interface ProvidedContext {
    testbed: TestbedData;
  }
}

/** The run's only testbed, and how many projects use it. */
interface SharedTestbed {
  testbed: Promise<Testbed>;
  users: number;
}

// Each project loads this file anew: what they share has to be with the process.
const shared = globalThis as { [key: symbol]: SharedTestbed | undefined };

/** Vitest's global setup: starts the testbed for the first project that names it, provides its data to each. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const forDocuments = { guides: true, browser: true, monitoring: true };
  const parts = { slurm: true, podman: true, python: true, itwinctl: true, images: true, ...forDocuments };
  return await shareTestbed(project, 'current', parts);
}

/** One testbed for all projects that ask for it by the same name. @returns the project's teardown */
export async function shareTestbed(
  project: TestProject,
  name: string,
  options: TestbedOptions,
): Promise<() => Promise<void>> {
  const key = Symbol.for(`interlink.testbed.${name}`);
  const entry = shared[key] ?? { testbed: startTestbed(options), users: 0 };
  shared[key] = entry;
  entry.users += 1;
  const teardown = async () => {
    entry.users -= 1;
    if (entry.users > 0) return;
    shared[key] = undefined;
    const testbed = await entry.testbed;
    const left = testbed.docker === undefined ? [] : await findPodLeftovers(testbed.docker.socket);
    left.push(...(await findJobLeftovers(testbed)));
    await testbed.stop();
    if (testbed.missing.length > 0) process.stdout.write(`\n${renderMissing(testbed.missing)}\n`);
    if (left.length > 0) throw new Error(`Tests have left behind of their pods: ${left.join('; ')}`);
  };
  const { stop: _stop, ...data } = await entry.testbed;
  try {
    assertNothingMissingInCi(data.missing, process.env);
  } catch (error) {
    await teardown();
    throw error;
  }
  project.provide('testbed', data);
  return teardown;
}
