import type { Knowledge } from '../facts/build-facts.ts';
import { healthy } from '../facts/pod-facts.ts';
import type { ContainerCare } from './container-care.ts';
import { type PodMemory, sandbox, volumes } from './pod-memory.ts';

/** A pod's memory as facts are built from it. */
export function knowledgeOf(memory: PodMemory, care: ContainerCare): Knowledge {
  return {
    problemOf: (container) => memory.problemOf(container),
    preparation: memory.isPrepared ? 'prepared' : (memory.problemOf(volumes) ?? 'due'),
    sandboxRetryAtMs: memory.problemOf(sandbox)?.retryAtMs,
    overdueSinceMs: memory.overdueSinceMs,
    // An attempt that another process has started counts as past its hook.
    postStartOf: ({ id }) => memory.postStart.get(id) ?? 'done',
    healthOf: (attempt, spec) =>
      attempt.state.kind === 'running' ? care.healthOf(attempt, spec, memory.postStart.has(attempt.id)) : healthy,
    lostOf: (container) => memory.lost.get(container),
  };
}
