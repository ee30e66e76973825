import type { PodReport } from '@interlink/protocol';
import { expect, test } from 'vitest';
import { uidOf } from '../../testing/watched-sidecar.ts';
import { History } from '../board/history.ts';
import { readReport } from '../board/pod-row.ts';
import { FedBoard, podRecord } from '../testing/board-of.ts';
import { renderOverviewPage } from './overview-page.ts';
import { renderPodPage } from './pod-page.ts';
import { readPodFilter, renderPodsPage } from './pods-page.ts';
import { renderScriptPage } from './script-page.ts';
import { renderSignInPage } from './sign-in-page.ts';
import { renderTroublePage } from './trouble-page.ts';

const owner = { cluster: 'c1', node: 'n1' };
const evil = `"><script>alert(1)</script><img src=x onerror='alert(2)'>&`;

/** A report of which every text that is the backend's own is hostile. */
function hostile(index: number): PodReport {
  const state = { terminated: { exitCode: 1, reason: evil, message: evil } };
  const container = { name: 'c', state, ready: false, restartCount: 0, image: evil, imageID: evil };
  const status = { containerStatuses: [container], jobID: evil, reason: evil, message: evil, podIP: evil };
  const queue = { state: evil, reason: evil, estimatedStart: '2027-01-01T00:00:00Z' };
  return { uid: uidOf(index), namespace: 'ns', name: `p${index}`, status: { ...status, queue } };
}

function frame(count: number) {
  const fed = new FedBoard();
  const tell = fed.watch(owner);
  for (let index = 0; index < count; index += 1) tell(podRecord(hostile(index)));
  tell({ type: 'event', uid: uidOf(0), event: { type: 'Warning', reason: evil, message: evil } });
  const viewer = { name: `token:${evil}`, hasSession: true };
  return { fed, base: { viewer, now: fed.now, after: 'a-1', boards: fed.board.owners } };
}

test('no page lets through what a backend, a caller or a query says as markup', () => {
  const { fed, base } = frame(1);
  const entry = fed.board.podOf(owner, uidOf(0));
  if (entry === undefined) throw new Error('the pod is missing');
  const events = fed.board.ownerBoard(owner)?.eventsOf(uidOf(0)) ?? [];
  const filter = { text: evil, state: undefined, owner: undefined, page: 1 };
  const sidecars = [{ name: evil, trouble: evil }];
  const overview = { ...base, sidecars, sidecarOf: () => evil, history: new History(), seesAllOwners: true };
  const bodies = [evil, { lines: [evil] }, { arguments: [evil] }, { [evil]: evil }];
  const rendering = { parts: bodies.map((body) => ({ name: evil, body })), warnings: [evil] };
  const pages = [
    renderOverviewPage(overview),
    renderPodsPage({ ...base, filter }),
    renderPodsPage({ ...base, filter: { ...filter, text: '' } }),
    renderPodPage({ ...base, entry, report: readReport(entry.text), events, container: evil, hasScript: true }),
    renderScriptPage({ ...base, entry, rendering }),
    renderSignInPage('protected', evil),
    renderTroublePage(evil, evil, base.viewer),
  ];
  for (const page of pages) {
    expect(page).toContain('&lt;script&gt;alert(1)');
    expect(page).not.toMatch(/<script>|<img|'alert/);
    // What the content security policy would not run is not there in the first place.
    expect(page.replaceAll(/"[^"]*"/g, '""')).not.toMatch(/<[^>]* (style|on\w+)=/);
    expect(page.match(/<script/g)).toHaveLength(1);
  }
});

test('readPodFilter() takes what the form sends, and nothing else', () => {
  expect(readPodFilter({ q: ' x ', state: 'Queued', owner: 'c/n', page: '3' })).toEqual({
    ...{ text: 'x', state: 'Queued', owner: 'c/n', page: 3 },
  });
  const nothing = { text: '', state: undefined, owner: undefined, page: 1 };
  for (const query of [{}, { q: ['a'], state: 'Other', owner: '', page: '-1' }, { page: '1e99' }])
    expect(readPodFilter(query)).toEqual(nothing);
});

test('renderPodsPage() shows two hundred pods at a time, and finds by name, state and node', () => {
  const { base } = frame(450);
  const show = (query: object) => renderPodsPage({ ...base, filter: readPodFilter({ ...query }) });
  const rows = (page: string) => page.match(/<tr role="row" id=/g)?.length ?? 0;
  expect([{}, { page: '3' }, { page: '9' }].map((query) => rows(show(query)))).toEqual([200, 50, 50]);
  expect(show({})).toContain('450 pods, page 1 of 3');
  expect(rows(show({ q: 'NS/P44' }))).toBe(11);
  expect(rows(show({ state: 'Running' }))).toBe(0);
  expect(rows(show({ owner: 'c1/other' }))).toBe(0);
});

test('renderSignInPage() asks for no token that could be read on the way', () => {
  expect(renderSignInPage('in-the-clear')).not.toContain('<input');
  expect(renderSignInPage('on-machine')).toContain('<label for="token">');
});
