import { toEngineFeatures } from './engine-features.ts';
import type { EngineInfo } from './engine-info.ts';

/** In what the engine differs from a Docker Engine that runs as root with all its guards: told to the administrator with the capabilities. */
export function engineWarnings(info: EngineInfo): string[] {
  const { rootless, seccomp } = toEngineFeatures(info);
  return [
    ...(info.product === 'docker' ? [] : [`the engine is ${info.product}, by its Docker-compatible socket`]),
    ...(rootless
      ? ['the engine is rootless: ports below 1024, sysctls and limits of resources depend on what its host delegates']
      : []),
    ...(seccomp ? [] : ['the engine has no seccomp: pods that ask for a profile are refused']),
    ...(info.canUpdate ? [] : ["the engine can't change a running container: no pod is resized in place"]),
    ...info.missingLimits.map((name) => `the engine can't limit ${name}`),
  ];
}
