/** How far a pull is, from what the engine says of each layer. */
export class PullProgress {
  readonly #layers = new Map<string, { current: number; total: number }>();

  /** One line of the engine's: https://docs.docker.com/reference/api/engine/ `ImageCreate`. Others are passed over. */
  note(line: unknown): void {
    if (!isLayerLine(line)) return;
    const { id, status, progressDetail } = line;
    const known = this.#layers.get(id);
    if (status === 'Downloading') {
      const { current = 0, total = known?.total ?? 0 } = progressDetail ?? {};
      this.#layers.set(id, { current, total: Math.max(total, current) });
    } else if (known !== undefined && isDownloaded(status)) {
      this.#layers.set(id, { ...known, current: known.total });
    }
  }

  /** `1.5 MiB of 20 MiB`; undefined while no size is known. */
  render(): string | undefined {
    const layers = [...this.#layers.values()];
    const total = layers.reduce((sum, layer) => sum + layer.total, 0);
    if (total === 0) return undefined;
    return `${renderBytes(layers.reduce((sum, { current }) => sum + current, 0))} of ${renderBytes(total)}`;
  }
}

interface LayerLine {
  readonly id: string;
  readonly status: string;
  readonly progressDetail?: { readonly current?: number; readonly total?: number };
}

function isLayerLine(line: unknown): line is LayerLine {
  return (
    typeof line === 'object' &&
    line !== null &&
    'id' in line &&
    typeof line.id === 'string' &&
    'status' in line &&
    typeof line.status === 'string'
  );
}

/** What comes after the download of a layer. */
function isDownloaded(status: string): boolean {
  return ['Verifying Checksum', 'Download complete', 'Extracting', 'Pull complete'].includes(status);
}

function renderBytes(bytes: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = bytes < 1024 ? 0 : Math.min(Math.floor(Math.log2(bytes) / 10), units.length - 1);
  const value = bytes / 1024 ** power;
  return `${value < 10 && power > 0 ? value.toFixed(1) : Math.round(value)} ${units[power]}`;
}
