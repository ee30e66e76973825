import type { Container } from '@interlink/kube';
import { resolveContainerEnv } from './container-env.ts';
import type { EnvSources } from './env-value.ts';
import { expandVariables } from './expand-variables.ts';
import { warning } from './pod-objects.ts';
import { expandProbeCommands } from './probe-commands.ts';
import { ResolveError, Unresolvable } from './resolve-error.ts';
import { resolveVolumeMounts } from './volume-mounts.ts';

/**
 * A container whose `env` is plain names and values, whose `command` and `args` are expanded against it, and whose mounts have
 * plain paths. All else is as it was.
 * @throws ResolveError, reason `CreateContainerConfigError`
 */
export async function resolveContainer(
  container: Container,
  sources: Omit<EnvSources, 'container'>,
  serviceEnv: ReadonlyMap<string, string>,
) {
  try {
    const { env: _env, envFrom: _envFrom, command, args, volumeMounts, ...rest } = container;
    const env = await resolveContainerEnv(container, { ...sources, container }, serviceEnv);
    const expand = (texts: string[]) => texts.map((text) => expandVariables(text, (name) => env.get(name)));
    return {
      ...rest,
      ...expandProbeCommands(container),
      ...(command === undefined ? {} : { command: expand(command) }),
      ...(args === undefined ? {} : { args: expand(args) }),
      ...(volumeMounts === undefined ? {} : { volumeMounts: resolveVolumeMounts(volumeMounts, env) }),
      env: [...env].map(([name, value]) => ({ name, value })),
    };
  } catch (err) {
    if (!(err instanceof Unresolvable)) throw err;
    const notices = [...sources.notices, ...err.notices, warning('Failed', `Error: ${err.message}`)];
    throw new ResolveError(err.message, {
      reason: 'CreateContainerConfigError',
      container: container.name,
      notices: notices.map((notice) => ({ ...notice, container: container.name })),
      missing: err.missing,
    });
  }
}
