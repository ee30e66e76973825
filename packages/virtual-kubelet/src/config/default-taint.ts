import type { Taint } from '@interlink/kube';

/** What today's manifests tolerate; `VKUBELET_TAINT_KEY|VALUE|EFFECT` override it part by part. */
export function defaultTaint(env: NodeJS.ProcessEnv): Taint {
  return {
    key: env.VKUBELET_TAINT_KEY ?? 'virtual-node.interlink/no-schedule',
    value: env.VKUBELET_TAINT_VALUE ?? 'true',
    effect: env.VKUBELET_TAINT_EFFECT ?? 'NoSchedule',
  };
}
