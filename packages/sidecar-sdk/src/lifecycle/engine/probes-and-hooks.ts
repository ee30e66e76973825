import { type Health, healthy } from '../facts/pod-facts.ts';
import type { ContainerCare } from './container-care.ts';

/** The probes and hooks of a runtime's containers. */
export class ProbesAndHooks implements ContainerCare {
  watch(): void {}
  unwatch(): void {}
  healthOf(): Health {
    return healthy;
  }
  async runHook(): Promise<void> {}
}
