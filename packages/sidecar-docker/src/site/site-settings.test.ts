import type { InterLinkConfig } from '@interlink/sidecar-sdk';
import { describe, expect, test } from 'vitest';
import { parseSiteSettings } from './site-settings.ts';

const withResources = (text: string) => ({ 'Docker.Resources': text }) as InterLinkConfig;

describe('parseSiteSettings()', () => {
  test('takes what the administrator announces', () => {
    expect(parseSiteSettings(withResources('cpu=8,nvidia.com/gpu=2')).resources).toEqual({
      cpu: '8',
      'nvidia.com/gpu': '2',
    });
  });

  test('refuses a resource that the engine cannot give', () => {
    expect(() => parseSiteSettings(withResources('example.com/fpga=1'))).toThrow(
      /Invalid configuration: Docker\.Resources holds "example\.com\/fpga=1": the engine can give pods cpu, /,
    );
  });
});
