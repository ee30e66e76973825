import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace';
import type { TraceSettings } from './trace-settings.ts';

/** `OTEL_TRACES_SAMPLER`, which the SDK's parts don't read: https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/ */
export function chooseSampler({ sampler, samplerRatio }: TraceSettings): Sampler {
  const parentBased = 'parentbased_';
  if (sampler.startsWith(parentBased)) {
    return new ParentBasedSampler({ root: chosen(sampler.slice(parentBased.length), samplerRatio) });
  }
  return chosen(sampler, samplerRatio);
}

function chosen(name: string, ratio: number): Sampler {
  if (name === 'always_off') return new AlwaysOffSampler();
  return name === 'traceidratio' ? new TraceIdRatioBasedSampler(ratio) : new AlwaysOnSampler();
}
