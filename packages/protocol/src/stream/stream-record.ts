import Type, { type Static } from 'typebox';
import { Capabilities, withoutUnknown } from '../capabilities.ts';
import { LabelName, Uid } from '../names.ts';
import { PodReport } from '../pod/pod-report.ts';
import { parserOf } from '../validate.ts';

/**
 * The lines of `GET …/pods?watch=true`. A fresh stream is
 * `bookmark(snapshot: begin)`, one `pod` per pod, `bookmark(snapshot: end)`, then records as things happen; what the reader
 * holds and the snapshot lacks is gone. A stream resumed by `cursor` has no snapshot: it goes on after that cursor. Cursors
 * inside a snapshot are no place to resume from: a reader keeps the one of its end, and those after it.
 */
export const PodRecord = Type.Object({ type: Type.Literal('pod'), cursor: Type.String(), pod: PodReport });
/** The backend no longer holds the pod. `last` is its last state: a reader may not have seen it before. */
export const GoneRecord = Type.Object({
  type: Type.Literal('gone'),
  cursor: Type.String(),
  uid: Uid,
  last: Type.Optional(PodReport),
});
/** Something worth a Kubernetes event; told once, not kept. */
export const EventRecord = Type.Object({
  type: Type.Literal('event'),
  uid: Uid,
  event: Type.Object({
    type: Type.Enum(['Normal', 'Warning']),
    reason: Type.String({ maxLength: 128 }),
    message: Type.String(),
    container: Type.Optional(LabelName),
  }),
});
export const CapabilitiesRecord = Type.Object({ type: Type.Literal('capabilities'), capabilities: Capabilities });
/** A heartbeat, every few seconds, also when nothing happens: silence means that the connection is dead. */
export const BookmarkRecord = Type.Object({
  type: Type.Literal('bookmark'),
  cursor: Type.String(),
  snapshot: Type.Optional(Type.Enum(['begin', 'end'])),
});

export const StreamRecord = Type.Union([PodRecord, GoneRecord, EventRecord, CapabilitiesRecord, BookmarkRecord]);
export type StreamRecord = Static<typeof StreamRecord>;
export type PodEvent = Static<typeof EventRecord>['event'];

/** A bookmark is written at least this often. */
export const bookmarkIntervalMs = 5_000;
/** A reader that has seen nothing for this long may take the connection for dead. */
export const streamSilenceMs = 20_000;

const parse = parserOf(StreamRecord, 'stream record');

/** @throws InterLinkError `invalid_argument` */
export function parseStreamRecord(record: unknown): StreamRecord {
  const { type, capabilities } = (record ?? {}) as Record<string, unknown>;
  return parse(type === 'capabilities' ? { type, capabilities: withoutUnknown(capabilities) } : record);
}
