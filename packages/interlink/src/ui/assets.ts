import { createHash } from 'node:crypto';
import { readAsset } from '@interlink/service-kit';

/** What browsers load beside the pages, and as what. The files lie in `src` also where the code runs from `dist`. */
const contentTypes = {
  'ui.css': 'text/css; charset=utf-8',
  'ui.js': 'text/javascript; charset=utf-8',
  'icon.svg': 'image/svg+xml',
} as const;
export type AssetName = keyof typeof contentTypes;

export interface Asset {
  readonly contentType: string;
  readonly text: string;
  /** Changes with the text. */
  readonly version: string;
}

const loaded = new Map<string, Asset>();

/** Undefined for what there is not. */
export function assetOf(name: string): Asset | undefined {
  if (!isAssetName(name)) return undefined;
  const known = loaded.get(name);
  if (known !== undefined) return known;
  const text = readAsset(`interlink/ui/${name}`, new URL(`../../src/ui/assets/${name}`, import.meta.url));
  const version = createHash('sha256').update(text).digest('base64url').slice(0, 12);
  const asset = { contentType: contentTypes[name], text, version };
  loaded.set(name, asset);
  return asset;
}

/** Where it is served; browsers keep it for as long as it does not change. */
export function assetUrl(name: AssetName): string {
  return `/ui/assets/${name}?v=${assetOf(name)?.version}`;
}

function isAssetName(name: string): name is AssetName {
  return Object.hasOwn(contentTypes, name);
}
