import type { EngineFeatures } from '../engine/engine-features.ts';
import type { VolumePolicy } from '../volumes/volume-base.ts';
import type { SiteSettings } from './site-settings.ts';

/** What pods may have here: what the administrator says, and what the engine can. */
export interface SitePolicy extends VolumePolicy {
  /** The key ExportPodData. */
  readonly exportsPodData: boolean;
  readonly site: SiteSettings;
  readonly engine: EngineFeatures;
}
