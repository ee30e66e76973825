import { type SidecarDefinition, sidecarUrl } from '@interlink/sidecar-sdk';
import { createMockBackend } from './backend.ts';

/** The process `mock-sidecar`: listens on SidecarURL with port 4002 unless SidecarPort is set, whatever SidecarService says. */
export const mockSidecar: SidecarDefinition = {
  name: 'mock-sidecar',
  listenUrl: (config) => sidecarUrl({ ...config, SidecarService: 'mock' }),
  createBackend: async () => createMockBackend(),
};
