import type { PlannedImage } from '../../image/planned-image.ts';

/** What Apptainer's driver needs beyond the containers themselves. */
export interface ApptainerPlan {
  readonly driver: 'apptainer';
  /** The program, as the compute nodes find it; Singularity's takes the same words. */
  readonly path: string;
  /** Folder that all nodes share. */
  readonly imageCache: string;
  readonly hostname: string;
  /** Lines of /etc/hosts, from `hostAliases`. */
  readonly hostLines: ReadonlyArray<string>;
  /** Words for each instance, after ours: the site's, and those of a pod where the administrator allows them. */
  readonly options: ReadonlyArray<string>;
  /** Words before the program where it runs a container's process: the site's, and those of a pod that may say some. */
  readonly prefix: ReadonlyArray<string>;
  /** By container. */
  readonly containers: Readonly<Record<string, ApptainerContainer>>;
}

export interface ApptainerContainer {
  readonly image: PlannedImage;
  readonly gpus?: 'nvidia' | 'amd' | undefined;
  /** `readOnlyRootFilesystem` */
  readonly isReadOnly: boolean;
}
