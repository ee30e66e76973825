import { InterLinkError, parseImageReference, renderRepository, toRepository } from '@interlink/sidecar-sdk';
import type { ListedImage } from '../engine/engine-images.ts';
import type { ImageRecord } from './pull-records.ts';

/** Per cent of the engine's disk that are in use: over `high` images are removed until it is below `low`. */
export interface CollectionThresholds {
  readonly high: number;
  readonly low: number;
}

/** The kubelet's own thresholds are as far apart: 85 and 80. */
const defaultDistance = 5;

/**
 * Reads the keys `Docker.ImageGCHighThresholdPercent` and `Docker.ImageGCLowThresholdPercent`.
 * @returns undefined when images are to stay
 * @throws InterLinkError `invalid_argument`
 */
export function parseThresholds(high: number | undefined, low: number | undefined): CollectionThresholds | undefined {
  const wrong = (message: string) => new InterLinkError('invalid_argument', message);
  if (high === undefined) {
    if (low === undefined) return undefined;
    throw wrong(
      `Docker.ImageGCLowThresholdPercent is ${low}, and Docker.ImageGCHighThresholdPercent is not set: both are wanted, or none`,
    );
  }
  if (high < 1 || high > 100) throw wrong(`Docker.ImageGCHighThresholdPercent is ${high}: 1 to 100 is wanted`);
  const down = low ?? Math.max(high - defaultDistance, 0);
  if (down < high) return { high, low: down };
  throw wrong(
    `Docker.ImageGCLowThresholdPercent is ${down}: less than Docker.ImageGCHighThresholdPercent, ${high}, is wanted`,
  );
}

export interface CollectionState {
  readonly records: ReadonlyArray<ImageRecord>;
  readonly images: ReadonlyArray<ListedImage>;
  /** Ids of images that a container uses, running or not. */
  readonly used: ReadonlySet<string>;
  readonly nowMs: number;
}

/** A pod that was promised an image a moment ago has no container yet: https://kubernetes.io/docs/concepts/architecture/garbage-collection/#container-image-lifecycle */
const minAgeMs = 120_000;

/**
 * The images that may go, the least recently used first: those that came by a pull of ours, are old enough, in no container's use,
 * and have no name that somebody else gave them.
 */
export function removableImages({ records, images, used, nowMs }: CollectionState): ListedImage[] {
  const known = new Map(records.map((record) => [record.id, record]));
  return images
    .map((image) => ({ image, record: known.get(image.id) }))
    .filter(
      ({ image, record }) =>
        record !== undefined && !used.has(image.id) && isOurs(image, record) && isOld(record, nowMs),
    )
    .sort((one, other) => Date.parse(one.record?.usedAt ?? '') - Date.parse(other.record?.usedAt ?? ''))
    .map(({ image }) => image);
}

function isOld({ usedAt }: ImageRecord, nowMs: number): boolean {
  return nowMs - Date.parse(usedAt) >= minAgeMs;
}

function isOurs({ tags }: ListedImage, { isOurs, access }: ImageRecord): boolean {
  return isOurs && tags.every((tag) => repositoriesOf(access).has(repositoryOf(tag)));
}

function repositoriesOf(access: ImageRecord['access']): ReadonlySet<string | undefined> {
  return new Set(Object.keys(access));
}

function repositoryOf(tag: string): string | undefined {
  const reference = parseImageReference(tag);
  return reference === undefined ? undefined : renderRepository(toRepository(reference.name));
}
