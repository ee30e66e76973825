import type { Pod } from '@interlink/protocol';

/** A pod as it is asked for again and again: without its variables and commands, which hold values of Secrets, `$(NAME)` being resolved. */
export function withoutValues(pod: Pod): Pod {
  const { initContainers, containers, ...spec } = pod.spec;
  return {
    ...pod,
    spec: {
      ...spec,
      ...(initContainers === undefined ? {} : { initContainers: initContainers.map(bare) }),
      containers: containers.map(bare),
    },
  };
}

interface WithValues {
  readonly env?: unknown;
  readonly command?: unknown;
  readonly args?: unknown;
}

function bare<C extends WithValues>({
  env: _env,
  command: _command,
  args: _args,
  ...rest
}: C): Omit<C, keyof WithValues> {
  return rest;
}
