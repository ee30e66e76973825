import { type Pod, splitWords, unknownAnnotations } from '@interlink/sidecar-sdk';
import {
  type AnnotationKind,
  type AnnotationName,
  annotationKinds,
  annotationNames,
  namesOf,
} from '../site/annotations.ts';
import type { SlurmSite } from '../site/slurm-site.ts';

/** The annotations of one pod, as far as the site lets it bear them; what is wrong with them is collected. */
export class PodAnnotations {
  /** Why the pod can't run. */
  readonly problems: string[] = [];
  /** What is without effect. */
  readonly ignored: string[] = [];
  readonly #annotations: Readonly<Record<string, string>>;
  readonly #site: Pick<SlurmSite, 'podAnnotations' | 'runtime'>;

  constructor({ metadata }: Pod, site: Pick<SlurmSite, 'podAnnotations' | 'runtime'>) {
    this.#annotations = metadata.annotations ?? {};
    this.#site = site;
    this.ignored.push(...unknownAnnotations(metadata.annotations, annotationNames.flatMap(namesOf)));
  }

  /** An annotation's text; undefined when there is none, or when it is without effect. @param isHarmless this value needs no permission */
  text(name: AnnotationName, isHarmless: (text: string) => boolean = () => false): string | undefined {
    const kind = annotationKinds[name];
    const [found, ...rivals] = namesOf(name).filter((full) => this.#annotations[full] !== undefined);
    const text = found === undefined ? undefined : this.#annotations[found];
    if (found === undefined || text === undefined) return undefined;
    for (const rival of rivals) this.ignored.push(`annotation ${rival}: ${found} goes before it`);
    if (kind.isPowerful && !isHarmless(text) && !this.#site.podAnnotations.has(name)) {
      this.ignored.push(`annotation ${found}: Policy.AllowPodAnnotations does not list ${name}`);
      return undefined;
    }
    if (!this.#suitsRuntime(kind)) {
      this.ignored.push(`annotation ${found}: ContainerRuntime is ${this.#site.runtime.name}`);
      return undefined;
    }
    if (text.includes('\0')) {
      this.problems.push(`annotation ${found} holds a NUL`);
      return undefined;
    }
    return text;
  }

  /** An annotation's words, as a shell splits them. */
  words(name: AnnotationName, isHarmless?: (text: string) => boolean): string[] | undefined {
    const text = this.text(name, isHarmless);
    if (text === undefined) return undefined;
    const words = splitWords(text);
    if (words === undefined) this.problems.push(`annotation ${this.fullName(name)}: a quote is not closed`);
    return words;
  }

  /** The name that the pod has an annotation by. */
  fullName(name: AnnotationName): string {
    const names = namesOf(name);
    return names.find((full) => this.#annotations[full] !== undefined) ?? names[0] ?? name;
  }

  #suitsRuntime({ runtime }: AnnotationKind): boolean {
    const { name } = this.#site.runtime;
    if (runtime === undefined) return true;
    return runtime === 'enroot' ? name === 'enroot' : name === 'apptainer' || name === 'singularity';
  }
}
