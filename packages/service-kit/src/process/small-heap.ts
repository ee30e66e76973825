import { setFlagsFromString } from 'node:v8';

/**
 * Keeps V8's young generation as small as it is at the start. What `exec`, `cp` and logs carry lives in buffers outside of V8's
 * heap, each freed only when its handle in the young generation is: a generation that grows to 16 MB keeps tens of MB of buffers
 * that nobody needs any more. The price is a little more work for the collector (bench/README.md).
 */
export function keepYoungGenerationSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
}

/**
 * Has V8 collect its old generation when that has grown by 40 %, where it would let it double or more: for a process that holds much
 * and has much come and go beside it. The price is a part more of the collector's work (bench/README.md).
 */
export function keepOldGenerationSmall(): void {
  setFlagsFromString('--heap-growing-percent=40');
}
