import type { TestProject } from 'vitest/node';
import { shareTestbed } from './vitest-setup.ts';

/** Vitest's global setup of the project that runs against the oldest Kubernetes that is supported. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  return await shareTestbed(project, 'oldest', { release: 'oldest', docker: false });
}
