import { type EventText, InterLinkError, type Owner, type Pod, type PodRequest } from '@interlink/sidecar-sdk';
import { fieldExaminer } from '../fields/all-fields.ts';
import { mergeFlags } from '../flags/merge-flags.ts';
import { renderFlags, type SbatchFlags } from '../flags/parse-flags.ts';
import { parseTime } from '../flags/units.ts';
import type { SlurmSite } from '../site/slurm-site.ts';
import { assertFits } from './assert-fits.ts';
import { chooseFlavor } from './choose-flavor.ts';
import { environmentEvents } from './environment-names.ts';
import { flavorDefaults, longestTime, podNeeds } from './flag-layers.ts';
import { toGpuType } from './gpus.ts';
import type { PartitionLimits } from './partition-limits.ts';
import { PodAnnotations } from './pod-annotations.ts';
import { toPodFlags } from './pod-flags.ts';
import { toPodOptions } from './pod-options.ts';
import { refuseResources, toPodTotals } from './pod-totals.ts';
import { ignoredSettings, refuseSettings } from './refuse-settings.ts';
import { refuseVolumes } from './refuse-volumes.ts';
import { refuseWords } from './refuse-words.ts';
import { examineRunAs } from './run-as.ts';
import type { Submission } from './submission.ts';
import { renderSignal } from './time-limit.ts';

/**
 * The options of sbatch for a pod, and all checks that need nothing but the request, the site's settings and, where known, the
 * partitions. What goes before what: the pod's annotation, its fields and its node's partition, its flavor, the flavor's defaults.
 * @param partitions as Slurm has them now; undefined: not known, and what would never run is found out by Slurm
 * @throws InterLinkError that names everything which can't be had: `failed_precondition`; `unavailable` for a partition that is down
 */
export function toSubmission(
  { pod }: PodRequest,
  owner: Owner,
  site: SlurmSite,
  partitions?: ReadonlyArray<PartitionLimits>,
): Submission {
  const { spec } = pod;
  const annotations = new PodAnnotations(pod, site);
  const { flags, places, ofNode, flavor, totals } = chooseFlags({ pod, owner, site, partitions, annotations });
  const runAs = examineRunAs(spec, site.accounts);
  const options = toPodOptions(annotations);
  const fields = fieldExaminer.examine(spec, site);
  assertNothing([
    ...fields.refusals,
    ...refuseSettings(spec, site),
    ...refuseWords(spec),
    ...refuseResources(spec),
    ...runAs.problems,
    ...refuseVolumes(pod, site),
    ...annotations.problems,
    ...refusePlaces(places, ofNode, owner),
  ]);
  if (partitions !== undefined) assertFits(flags, places, partitions);
  const ignored = [...fields.warnings, ...annotations.ignored, ...runAs.ignored, ...ignoredSettings(spec, site)];
  return {
    options: [...renderFlags(new Map([...flags].toSorted(([a], [b]) => (a < b ? -1 : 1)))), renderSignal(spec)],
    warnings: [...fieldsIgnored(ignored), ...environmentEvents(spec)],
    timeLimitSeconds: secondsOf(flags),
    partitions: places,
    totals,
    flavor: flavor?.name,
    isRequeued: flags.has('requeue'),
    pod: options,
  };
}

const noFlags: SbatchFlags = new Map();

interface FlagContext {
  readonly pod: Pod;
  readonly owner: Owner;
  readonly site: SlurmSite;
  readonly partitions: ReadonlyArray<PartitionLimits> | undefined;
  readonly annotations: PodAnnotations;
}

/** The options themselves, and what they were chosen by. */
function chooseFlags({ pod, owner, site, partitions, annotations }: FlagContext) {
  const { spec } = pod;
  const totals = toPodTotals(spec);
  const gpuType = toGpuType(pod, totals.gpus, annotations);
  const podFlags = toPodFlags(annotations, site.allowedFlags);
  const flavor = chooseFlavor(annotations, { count: totals.gpus, type: gpuType }, site.flavors);
  const ofNode = site.partitions.get(owner.node) ?? [];
  const preset = flavor?.flags ?? noFlags;
  const places = [namesIn(podFlags), ofNode, namesIn(preset)].find((names) => names.length > 0) ?? [];
  const needs = podNeeds({ spec, totals, gpuType, ofNode, longestSeconds: longestTime(places, partitions) });
  const flags = mergeFlags(podFlags, needs, preset, flavorDefaults(flavor));
  return { flags, places, ofNode, flavor, totals };
}

/** Undefined: no limit but the partition's. */
function secondsOf(flags: SbatchFlags): number | undefined {
  const time = flags.get('time');
  const seconds = typeof time === 'string' ? parseTime(time) : undefined;
  return seconds === Number.POSITIVE_INFINITY ? undefined : seconds;
}

function namesIn(flags: SbatchFlags): string[] {
  const names = flags.get('partition');
  return typeof names === 'string' ? names.split(',').filter((name) => name !== '') : [];
}

/** A node that stands for partitions takes pods for no others. */
function refusePlaces(places: ReadonlyArray<string>, ofNode: ReadonlyArray<string>, { node }: Owner): string[] {
  const others = ofNode.length === 0 ? [] : places.filter((name) => !ofNode.includes(name));
  if (others.length === 0) return [];
  return [`--partition names ${others.join(', ')}, but node ${node} stands for ${ofNode.join(', ')}`];
}

function assertNothing(reasons: ReadonlyArray<string>): void {
  if (reasons.length === 0) return;
  throw new InterLinkError('failed_precondition', `Cannot run the pod with Slurm: ${reasons.join('; ')}`);
}

/** One event, whatever their number, as the Docker sidecar has it. */
function fieldsIgnored(reasons: ReadonlyArray<string>): EventText[] {
  if (reasons.length === 0) return [];
  return [{ type: 'Warning', reason: 'FieldIgnored', message: `Not done by this node: ${reasons.join('; ')}` }];
}
