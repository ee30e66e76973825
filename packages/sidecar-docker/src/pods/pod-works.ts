import { PodWork } from './pod-work.ts';

/** The work of each pod that there is some for. */
export class PodWorks {
  readonly #works = new Map<string, PodWork>();

  get(uid: string): PodWork {
    let work = this.#works.get(uid);
    if (work === undefined) {
      work = new PodWork();
      this.#works.set(uid, work);
    }
    return work;
  }

  find(uid: string): PodWork | undefined {
    return this.#works.get(uid);
  }

  forget(uid: string): void {
    this.#works.delete(uid);
  }
}
