import type { Container, EnvVar, PodSpec } from '@interlink/kube';
import type { PodVolumes } from './pod-volumes.ts';

/** What the downward API tells of a pod, by its field paths. */
export type PodFields = Readonly<Record<string, string>>;

/** A container of a pod as the Docker Engine is told to create it, with nothing but what the pod says, as far as the manifests of this repository go. */
export function containerConfig(
  { securityContext: ofPod }: PodSpec,
  container: Container,
  fields: PodFields,
  volumes: Pick<PodVolumes, 'folderOf'>,
) {
  const { securityContext: own } = container;
  const binds = (container.volumeMounts ?? []).map(({ name, mountPath, readOnly }) => {
    return `${volumes.folderOf(name)}:${mountPath}${readOnly === true ? ':ro' : ''}`;
  });
  return {
    Image: container.image,
    ...(container.command === undefined ? {} : { Entrypoint: container.command }),
    ...(container.args === undefined ? {} : { Cmd: container.args }),
    Env: variablesOf(container.env ?? [], fields),
    User: `${own?.runAsUser ?? ofPod?.runAsUser}:${own?.runAsGroup ?? ofPod?.runAsGroup}`,
    HostConfig: {
      Binds: binds,
      ReadonlyRootfs: own?.readOnlyRootFilesystem === true,
      CapDrop: own?.capabilities?.drop ?? [],
      SecurityOpt: own?.allowPrivilegeEscalation === false ? ['no-new-privileges'] : [],
      GroupAdd: ofPod?.fsGroup === undefined ? [] : [String(ofPod.fsGroup)],
    },
  };
}

/** `$(NAME)` is one of those before it. */
function variablesOf(env: ReadonlyArray<EnvVar>, fields: PodFields): string[] {
  const known: Record<string, string> = {};
  for (const { name, value, valueFrom } of env) {
    const path = valueFrom?.fieldRef?.fieldPath;
    const found = path === undefined ? (value ?? '') : fields[path];
    if (found === undefined) throw new Error(`Variable ${name} is of the field ${path}, which is not known here`);
    known[name] = found.replaceAll(/\$\((\w+)\)/g, (whole, other: string) => known[other] ?? whole);
  }
  return Object.entries(known).map(([name, value]) => `${name}=${value}`);
}
