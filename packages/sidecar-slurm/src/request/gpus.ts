import { type Pod, recordOf, stringOf } from '@interlink/sidecar-sdk';
import { gresOf, isGpu } from '../flags/merge-flags.ts';
import type { SbatchFlags } from '../flags/parse-flags.ts';
import { namesOf } from '../site/annotations.ts';
import type { PodAnnotations } from './pod-annotations.ts';

/** Labels of nodes that tell a GPU's type, which pods choose by: https://github.com/NVIDIA/k8s-device-plugin/tree/main/docs/gpu-feature-discovery */
const productLabels = ['nvidia.com/gpu.product', 'amd.com/gpu.product-name'];
/** As it fits between the colons of `gpu:a100:2`. */
const typeName = /^[A-Za-z0-9_][\w.+-]*$/;

/** The type of GPUs that the pod wants: by annotation, else by a label of its own, else by node selector. @param count how many it asks for */
export function toGpuType({ metadata, spec }: Pod, count: number, annotations: PodAnnotations): string | undefined {
  const annotated = annotations.text('gpu-type');
  if (count === 0) {
    if (annotated !== undefined) {
      annotations.ignored.push(`annotation ${annotations.fullName('gpu-type')}: no container asks for GPUs`);
    }
    return undefined;
  }
  const nodeSelector = recordOf(recordOf(spec).nodeSelector);
  const own = namesOf('gpu-type');
  const candidates: ReadonlyArray<readonly [string, string | undefined]> = [
    [`annotation ${annotations.fullName('gpu-type')}`, annotated],
    ...own.map((name) => [`label ${name}`, metadata.labels?.[name]] as const),
    ...[...own, ...productLabels].map((name) => [`nodeSelector ${name}`, stringOf(nodeSelector[name])] as const),
  ];
  const [place, type] = candidates.find(([, value]) => value !== undefined && value !== '') ?? [];
  if (type === undefined || typeName.test(type)) return type;
  annotations.problems.push(`${place} is ${JSON.stringify(type)}: the type of a GPU, such as a100, is wanted`);
  return undefined;
}

/** `gpu:2`, `gpu:a100:2` */
export function renderGres(count: number, type: string | undefined): string {
  return type === undefined ? `gpu:${count}` : `gpu:${type}:${count}`;
}

export interface GpuRequest {
  readonly count: number;
  /** Undefined: any. */
  readonly type: string | undefined;
}

/** How many GPUs each node of the job has to have, as its options say; of each type one element. */
export function gpusPerNode(flags: SbatchFlags): GpuRequest[] {
  const perNode = flags.get('gpus-per-node');
  const lists = [...gresOf(flags).filter(isGpu), ...(typeof perNode === 'string' ? perNode.split(',') : [])];
  return lists.map((text) => {
    const parts = text
      .replace(/\(.*$/, '')
      .split(/[:=]/)
      .filter((part) => !/^(gres\/)?gpu$|^gres$/.test(part));
    const count = Number(parts.at(-1) ?? '1');
    const hasCount = Number.isInteger(count);
    const type = hasCount ? parts.at(-2) : parts.at(-1);
    return { count: hasCount ? count : 1, type };
  });
}
