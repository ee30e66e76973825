import type { TSchema } from 'typebox';
import { Capabilities, Pool } from '../capabilities.ts';
import { Problem } from '../errors/problem.ts';
import { DeliveredKubeconfig } from '../kubeconfig.ts';
import { ClusterName, LabelName, SubdomainName, Uid } from '../names.ts';
import { ContainerState, ContainerStatus, PodReport, PodReportList, PodReportStatus } from '../pod/pod-report.ts';
import { PodRequest } from '../pod/pod-request.ts';
import { Container, EphemeralContainer, Pod, PodMetadata, PodSpec, Volume } from '../pod/pod-spec.ts';
import { PodUpdate } from '../pod/pod-update.ts';
import { Lifecycle, LifecycleHandler, Probe } from '../pod/probe.ts';
import { RegistryCredential } from '../pod/registry-credential.ts';
import { Rendering } from '../pod/rendering.ts';
import { ResolvedVolume, VolumeFile } from '../pod/volume-files.ts';
import { VolumesUpdate } from '../pod/volumes-update.ts';
import { ContainerStats, NodeStats, PodStats } from '../stats/node-stats.ts';
import {
  BookmarkRecord,
  CapabilitiesRecord,
  EventRecord,
  GoneRecord,
  PodRecord,
  StreamRecord,
} from '../stream/stream-record.ts';
import { Time } from '../time.ts';
import * as v1 from './v1-schemas.ts';

/** The schemas that have a name in the document: the very ones that validate. */
const named: Readonly<Record<string, TSchema>> = {
  ...{ ClusterName, SubdomainName, LabelName, Uid, Time, Problem },
  ...{ Capabilities, Pool },
  ...{ PodRequest, PodUpdate, Pod, PodMetadata, PodSpec, Container, EphemeralContainer, Volume },
  ...{ Lifecycle, LifecycleHandler, Probe },
  ...{ ResolvedVolume, VolumeFile, VolumesUpdate, RegistryCredential, Rendering, DeliveredKubeconfig },
  ...{ PodReportList, PodReport, PodReportStatus, ContainerStatus, ContainerState },
  ...{ StreamRecord, PodRecord, GoneRecord, EventRecord, CapabilitiesRecord, BookmarkRecord },
  ...{ NodeStats, PodStats, ContainerStats },
  ...v1,
};

const nameOf = new Map(Object.entries(named).map(([name, schema]) => [JSON.stringify(schema), name]));

/** All of them, each with the others by reference. */
export function namedSchemas(): Record<string, unknown> {
  return Object.fromEntries(Object.entries(named).map(([name, schema]) => [name, referMembers(schema)]));
}

/** A copy in which each schema that has a name is a reference to it. */
export function referToNamed(value: unknown): unknown {
  const name = typeof value === 'object' && value !== null ? nameOf.get(JSON.stringify(value)) : undefined;
  return name === undefined ? referMembers(value) : { $ref: `#/components/schemas/${name}` };
}

function referMembers(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(referToNamed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, referToNamed(member)]));
}
