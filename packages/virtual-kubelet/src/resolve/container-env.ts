import type { Container } from '@interlink/kube';
import { type Environment, resolveEnvFrom } from './env-from.ts';
import { isEnvName } from './env-name.ts';
import { type EnvSources, envValueFrom } from './env-value.ts';
import { expandVariables } from './expand-variables.ts';
import { quote } from './pod-objects.ts';
import { Unresolvable } from './resolve-error.ts';

/**
 * The environment of a container: `envFrom` in order, then `env` in order, where a later variable overrides an earlier one of its
 * name and `$(VAR)` in a literal value means what is set so far, or one of the service variables.
 * @param serviceEnv variables that tell where services are: used in expansion, added where a name is still free
 * @throws Unresolvable
 */
export async function resolveContainerEnv(
  container: Container,
  sources: EnvSources,
  serviceEnv: ReadonlyMap<string, string>,
): Promise<Environment> {
  const env = await resolveEnvFrom(container.envFrom ?? [], sources.objects, sources.notices);
  for (const { name, value = '', valueFrom } of container.env ?? []) {
    if (!isEnvName(name)) {
      throw new Unresolvable(
        `environment variable ${quote(name)} has an invalid name: want printable ASCII characters other than "="`,
      );
    }
    const resolved =
      value === '' && valueFrom !== undefined
        ? await envValueFrom(name, valueFrom, sources)
        : expandVariables(value, (other) => env.get(other) ?? serviceEnv.get(other));
    if (resolved !== undefined) env.set(name, resolved);
  }
  for (const [name, value] of serviceEnv) if (!env.has(name)) env.set(name, value);
  for (const [name, value] of env) {
    if (value.includes('\0')) throw new Unresolvable(`environment variable ${quote(name)}: its value holds a NUL byte`);
  }
  return env;
}
