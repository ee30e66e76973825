import {
  type PodReport,
  parseCapabilities,
  parseDeliveredKubeconfig,
  parseNodeStats,
  parsePodReport,
  parsePodReportList,
  parsePodRequest,
  parsePodUpdate,
  parseRendering,
  parseVolumesUpdate,
} from '@interlink/protocol';
import { wholeSeconds } from '../../../packages/virtual-kubelet/src/status/container-statuses.ts';
import { checkCapabilities } from '../../../packages/virtual-kubelet/src/trust/check-capabilities.ts';
import { checkReport } from '../../../packages/virtual-kubelet/src/trust/check-report.ts';
import { podAddresses } from '../../../packages/virtual-kubelet/src/trust/pod-addresses.ts';
import { recorded, written } from '../corpus.ts';
import { jsonOf } from '../json-input.ts';
import { hold, type Target } from '../target.ts';
import { capabilities, podRequest } from './samples.ts';

const rules = {
  pod: undefined,
  addresses: podAddresses(undefined, []),
  hostIP: '10.0.0.1',
  onBadAddress: () => undefined,
};
const reports = recorded('packages/sidecar-docker/src/testdata/*.report.json');

/** What a virtual kubelet sends to a sidecar. */
export const v2Orders: Target = {
  name: 'v2-orders',
  corpus: written(
    podRequest,
    { pod: podRequest.pod, generation: 3 },
    { volumes: podRequest.volumes },
    { kubeconfig: 'apiVersion: v1\nkind: Config\n', expiresAt: '2027-01-01T00:00:00Z' },
  ),
  read: (input) => {
    const value = jsonOf(input);
    each([parsePodRequest, parsePodUpdate, parseVolumesUpdate, parseDeliveredKubeconfig], value);
  },
};

/** What a sidecar answers, and what the virtual kubelet takes of it. */
export const v2Answers: Target = {
  name: 'v2-answers',
  corpus: [
    ...reports,
    ...written(
      capabilities,
      { pods: reports.map((report) => jsonOf(report)), cursor: '1' },
      { script: '#!/bin/sh\n' },
      {
        pods: [
          { uid: '11111111-1111-4111-8111-111111111111', containers: [{ name: 'a', time: '2027-01-01T00:00:00Z' }] },
        ],
      },
    ),
  ],
  read: (input) => {
    const value = jsonOf(input);
    each(
      [
        (told) => holdTimes(checkReport(parsePodReport(told), rules)),
        (told) => checkCapabilities(parseCapabilities(told), { capacity: { cpu: '8' }, labelDomains: ['example.org'] }),
        parsePodReportList,
        parseNodeStats,
        parseRendering,
      ],
      value,
    );
  },
};

/** As they are written to the Kubernetes API. */
function holdTimes({ status }: PodReport): void {
  const states = status.containerStatuses.flatMap(({ state, lastState }) => [state, lastState]);
  const times = states.flatMap((state) => [
    state?.running?.startedAt,
    state?.terminated?.startedAt,
    state?.terminated?.finishedAt,
  ]);
  for (const time of [status.startTime, ...times].map(wholeSeconds))
    hold(time === undefined || /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(time), 'a time is one of RFC 3339');
}

/** Tries all of them; the last one's refusal is as good as any other's. */
function each(parsers: ReadonlyArray<(value: unknown) => unknown>, value: unknown): void {
  const errors: unknown[] = [];
  for (const parse of parsers) {
    try {
      parse(value);
    } catch (error) {
      errors.push(error);
    }
  }
  const odd = errors.find((error) => !(error instanceof Error) || error.name !== 'InterLinkError');
  if (odd !== undefined) throw odd;
}
