import type { PlannedImage } from '../../image/planned-image.ts';

/** What enroot's driver needs beyond the containers themselves. */
export interface EnrootPlan {
  readonly driver: 'enroot';
  /** The program, as the compute nodes find it. */
  readonly path: string;
  /** Folder that all nodes share. */
  readonly imageCache: string;
  readonly hostname: string;
  /** Lines of /etc/hosts, from `hostAliases`. */
  readonly hostLines: ReadonlyArray<string>;
  /** Words of `enroot start`, after ours. */
  readonly options: ReadonlyArray<string>;
  /** By container. */
  readonly containers: Readonly<Record<string, EnrootContainer>>;
}

export interface EnrootContainer {
  readonly image: PlannedImage;
  /** As enroot writes an image, `docker://reg.example.org#team/app:1`; empty for one that is a path. */
  readonly uri: string;
  readonly gpus?: 'nvidia' | 'amd' | undefined;
  /** `readOnlyRootFilesystem` */
  readonly isReadOnly: boolean;
}
