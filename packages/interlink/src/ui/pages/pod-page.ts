import { type ContainerStatus, containerStatusesOf, type PodReport } from '@interlink/protocol';
import type { PodEntry, SeenEvent } from '../board/owner-board.ts';
import type { PodRow } from '../board/pod-row.ts';
import { type Html, type HtmlValue, html } from '../html/html.ts';
import { renderPage, type Viewer } from '../html/page.ts';
import { ageSince, pointInTime } from '../html/times.ts';
import { timelineOf } from './pod-timeline.ts';
import { podUrl } from './pods-page.ts';

export interface PodView {
  readonly viewer: Viewer;
  readonly now: number;
  readonly after: string;
  readonly entry: PodEntry;
  /** Undefined for a report that nobody can read. */
  readonly report: PodReport | undefined;
  readonly events: ReadonlyArray<SeenEvent>;
  /** Whether there is a page of what was submitted for it. */
  readonly hasScript: boolean;
  /** Whose log is shown; one that the pod does not have is as if none were named. */
  readonly container: string | undefined;
}

export function renderPodPage(view: PodView): string {
  const { viewer, after, entry, report, events } = view;
  const { row } = entry;
  const main = html`<div id="pod" data-live data-uid="${entry.uid}">${facts(view)}
<section aria-labelledby="timeline-title"><h2 id="timeline-title">Timeline</h2>${timeline(entry, report)}</section>
<section aria-labelledby="containers-title"><h2 id="containers-title">Containers</h2>${report !== undefined && containerTable(containerStatusesOf(report))}</section>
<section aria-labelledby="events-title"><h2 id="events-title">Events</h2>${eventList(events)}</section></div>
${report !== undefined && log(entry, containerStatusesOf(report), view.container)}`;
  const title = row.name === '' ? entry.uid : `${row.namespace}/${row.name}`;
  return renderPage({ title, viewer, main, after });
}

function facts({ entry, report, now, hasScript }: PodView): Html {
  const { row, owner, uid, firstSeenAt } = entry;
  const { queue, podIP } = report?.status ?? {};
  const pairs: ReadonlyArray<readonly [string, HtmlValue]> = [
    ['State', html`<span class="state-${row.state}"><b>${row.state}</b></span>`],
    ['Reason', row.reason],
    ['Job', row.jobId],
    ['Submitted', hasScript && html`<a href="${podUrl(entry)}/script">options and job script</a>`],
    ['Queue', queue && [queue.state, queue.reason].filter((part) => part !== undefined).join(': ')],
    ['Estimated start', estimateOf(row)],
    ['Node', `${owner.node}, cluster ${owner.cluster}`],
    ['Pod address', podIP],
    ['UID', uid],
    ['First seen', html`${ageSince(firstSeenAt, now)} ago`],
  ];
  const told = pairs.filter(([, value]) => value !== undefined && value !== '' && value !== false);
  return html`<dl>${told.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

function estimateOf({ estimatedStart, startedAt }: PodRow): Html | undefined {
  return estimatedStart === undefined || startedAt !== undefined ? undefined : pointInTime(estimatedStart);
}

function timeline(entry: PodEntry, report: PodReport | undefined): Html {
  const steps = timelineOf(entry, report).map(({ at, what }) => html`<li>${pointInTime(at)} <span>${what}</span></li>`);
  return html`<ol class="timeline">${steps}</ol>`;
}

function containerTable(containers: ReadonlyArray<ContainerStatus>): Html {
  const rows = containers.map(({ name, image, restartCount, state }) => {
    const cells = [
      ['State', stateText(state)],
      ['Image', image],
      ['Restarts', restartCount],
    ] as const;
    return html`<tr role="row"><th role="rowheader" scope="row">${name}</th>${cells.map(([label, value]) => html`<td role="cell" data-label="${label}">${value}</td>`)}</tr>`;
  });
  const heads = ['Container', 'State', 'Image', 'Restarts'];
  return html`<table role="table" class="cards" aria-labelledby="containers-title"><thead role="rowgroup"><tr role="row">${heads.map((head) => html`<th role="columnheader" scope="col">${head}</th>`)}</tr></thead><tbody role="rowgroup">${rows}</tbody></table>`;
}

function stateText({ running, terminated, waiting }: ContainerStatus['state']): string {
  if (running !== undefined) return 'running';
  const why = terminated ?? waiting;
  const words = [why?.reason, why?.message].filter((part) => part !== undefined && part !== '').join(': ');
  const said = words === '' ? '' : ` (${words})`;
  return terminated === undefined ? `waiting${said}` : `ended with exit code ${terminated.exitCode}${said}`;
}

function eventList(events: ReadonlyArray<SeenEvent>): Html {
  if (events.length === 0)
    return html`<p class="quiet">None since InterLink started. Backends tell an event once; Kubernetes keeps them for an hour.</p>`;
  const items = events.map(
    ({ at, type, reason, message, container }) =>
      html`<li class="event-${type}">${pointInTime(at)} <b>${reason}</b>${container !== undefined && ` (${container})`} <span>${message}</span></li>`,
  );
  return html`<ol class="timeline">${items}</ol>`;
}

function log(entry: PodEntry, containers: ReadonlyArray<ContainerStatus>, wanted: string | undefined): Html {
  const shown = containers.find(({ name }) => name === wanted) ?? containers.at(-1);
  if (shown === undefined) return html``;
  const own = podUrl(entry);
  const links = containers.map(
    ({ name }) =>
      html`<a href="${own}?container=${encodeURIComponent(name)}#log-title"${name === shown.name && html` aria-current="true"`}>${name}</a> `,
  );
  const source = `${own}/containers/${encodeURIComponent(shown.name)}/log?tailLines=1000`;
  return html`<section aria-labelledby="log-title"><h2 id="log-title">Log of ${shown.name}</h2>
${containers.length > 1 && html`<nav aria-label="Containers">${links}</nav>`}
<p><a href="${source}">The last 1,000 lines as text</a> <span id="log-state" role="status"></span></p>
<pre id="log" tabindex="0" role="log" aria-live="off" aria-labelledby="log-title" data-source="${`${source}&follow=true`}"></pre></section>`;
}
