import type { Login, PullPolicy } from '@interlink/sidecar-sdk';
import type { AccessKey } from './image-cache.ts';

/** All that a job needs to have a container's image. Plain data; `logins` are secret, and go into {@link renderAuthFiles} only. */
export interface PlannedImage {
  /** What the runtime is told to pull; empty for an image that is a path. */
  readonly uri: string;
  /** As it was asked for, in full: `docker.io/library/busybox:1.36`; empty for what comes from no registry. */
  readonly name: string;
  /** An image that is there: a file, or a folder; its real path. Else empty. */
  readonly path: string;
  /** Its name in the cache; empty: it is pulled for this pod alone. */
  readonly key: string;
  /** For the container's status; empty: not known yet. */
  readonly imageId: string;
  readonly policy: PullPolicy;
  /** Whose word counts for who may have the image: `docker.io/library/busybox`. */
  readonly repository: string;
  /** The registry has just said that the pod may have it. */
  readonly isVerified: boolean;
  /** What the pull may show, in this order; none: as anybody. */
  readonly logins: ReadonlyArray<Login>;
  /** Of `logins`, or {@link anybody}. */
  readonly accessKeys: ReadonlyArray<AccessKey>;
  /** The registry speaks plain HTTP. */
  readonly isInsecure: boolean;
  /** For messages of pulls that fail, as in {@link ImageLocation}. */
  readonly lookedFor: string;
}
