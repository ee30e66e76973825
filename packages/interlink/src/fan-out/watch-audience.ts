import type { Owner } from '@interlink/protocol';
import type { WatchLine } from './watch-line.ts';

/** Told of what watches of pods bring, whoever reads them. It must not throw. */
export interface WatchAudience {
  /** An owner's pods are watched from now on. */
  begin(owner: Owner): WatchNews;
}

/** What is told of one watch. */
export interface WatchNews {
  line(line: WatchLine, text: string): void;
  end(): void;
}
