import type { Pod } from '@interlink/kube';
import type { PodReport } from '@interlink/protocol';
import type { TokenBucket } from '@interlink/service-kit';
import type { PodTrouble } from '../status/pod-status.ts';
import type { ChangeableParts } from './pod-changes.ts';
import type { PodTrace } from './pod-trace.ts';

/** What the controller remembers of a pod beside the API's object and the backend's report. All of it may be lost: it only saves work. */
export interface PodEntry {
  /** The newest copy of the API object, from the watch or from the answer to our own patch. */
  pod: Pod | undefined;
  /** No create is tried before this time (`performance.now`), however often the pod is looked at meanwhile. */
  heldBackUntilMs: number;
  /** Creates that failed one after another. */
  failures: number;
  /** When a PUT last succeeded, and in which of the backend's snapshots. */
  created: { epoch: number; atMs: number } | undefined;
  /** When its deletion, with the grace period that it has now, was seen to be asked for (`performance.now`); undefined: before this process looked. */
  deletionSeenMs: number | undefined;
  /** The spec that the backend was told of last, when, and in which of its snapshots. */
  handed: { generation: number; parts: ChangeableParts; epoch: number; atMs: number } | undefined;
  /** The backend is to be told anew what the pod's images may be pulled by. */
  areCredentialsStale: boolean;
  /** How telling the backend of a changed spec goes. */
  update: UpdateState;
  /** What the backend has accepted: when the grace period that it was told ends, and in which snapshot it was told. */
  stopped: { epoch: number; atMs: number; graceSeconds: number } | undefined;
  /** We have had it ended because its deadline had passed, whatever the backend's clock says. */
  isExpired: boolean;
  /** How the backend last saw it, once it holds it no longer. */
  lastReport: PodReport | undefined;
  /** The backend has said that it holds it no longer, and has not only left it out of its list. */
  isToldGone: boolean;
  /** Why it is not at the backend yet. */
  trouble: PodTrouble | undefined;
  /** Admission keeps it here until something else changes than time. */
  isHeld: boolean;
  /** A create had no clear end: the backend may have the pod, or get it yet, though it does not tell of it. */
  isCreateUnclear: boolean;
  /** Events already told for this trouble, so that a retry doesn't tell them again. */
  toldTrouble: string | undefined;
  /** The API object was deleted, by us or before our eyes. Finalizers may keep it a while longer. */
  isRemoved: boolean;
  /** The API server is removing the object by itself; from then on we help. */
  leftToApiUntilMs: number | undefined;
  /** How often its status may still be written for what the backend reports. */
  reports: TokenBucket | undefined;
  /** A first status that says only "being created" waits this long for something better. */
  firstStatusDueMs: number | undefined;
  /** Undefined when this process does not trace. */
  trace: PodTrace | undefined;
}

export interface UpdateState {
  /** No update is tried before this time (`performance.now`). */
  heldBackUntilMs: number;
  /** Updates that failed one after another. */
  failures: number;
  /** What users were told of last, so that a retry doesn't tell it again. */
  told: string | undefined;
  /** Why the newest spec is not in force. */
  refusal: string | undefined;
  /** Why ephemeral containers have not been started, by name. */
  troubles: ReadonlyMap<string, PodTrouble>;
}

export function newPodEntry(): PodEntry {
  return {
    pod: undefined,
    heldBackUntilMs: 0,
    failures: 0,
    created: undefined,
    deletionSeenMs: undefined,
    handed: undefined,
    areCredentialsStale: false,
    update: { heldBackUntilMs: 0, failures: 0, told: undefined, refusal: undefined, troubles: new Map() },
    stopped: undefined,
    isExpired: false,
    lastReport: undefined,
    isToldGone: false,
    trouble: undefined,
    isHeld: false,
    isCreateUnclear: false,
    toldTrouble: undefined,
    isRemoved: false,
    leftToApiUntilMs: undefined,
    reports: undefined,
    firstStatusDueMs: undefined,
    trace: undefined,
  };
}

/** Something changed that may have been in the way: the next create need not wait. */
export function releaseHold(entry: PodEntry): void {
  entry.heldBackUntilMs = 0;
  entry.failures = 0;
  entry.update = { ...entry.update, heldBackUntilMs: 0, failures: 0 };
}

/** Takes a copy of the API object, unless the one that is there is newer, and notes when its deletion was first seen. */
export function takePod(entry: PodEntry, pod: Pod): void {
  const before = entry.pod;
  entry.pod = newerOf(before, pod);
  const isNews = before?.metadata?.deletionTimestamp !== entry.pod.metadata?.deletionTimestamp;
  if (before !== undefined && isNews) entry.deletionSeenMs = performance.now();
}

/** The newer of two copies of one object. Resource versions are decimal numbers (KEP-5504); anything else counts as newer. */
export function newerOf(a: Pod | undefined, b: Pod): Pod {
  const [left, right] = [a?.metadata?.resourceVersion, b.metadata?.resourceVersion];
  if (a === undefined || left === undefined || right === undefined || !/^\d+$/.test(left) || !/^\d+$/.test(right))
    return b;
  const isOlder = right.length === left.length ? right < left : right.length < left.length;
  return isOlder ? a : b;
}
