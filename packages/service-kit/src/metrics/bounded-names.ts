/** Label values that come from outside: the first so many as they are, all later ones as `other`. */
export class BoundedNames {
  readonly #size: number;
  readonly #names = new Set<string>();

  constructor(size: number) {
    this.#size = size;
  }

  bound(name: string): string {
    if (this.#names.has(name)) return name;
    if (this.#names.size >= this.#size) return 'other';
    this.#names.add(name);
    return name;
  }
}
