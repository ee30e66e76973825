import { ownerKey } from '@interlink/protocol';
import { countStates, type History, median, type StateCounts, sumOf } from '../board/history.ts';
import type { OwnerBoard } from '../board/owner-board.ts';
import { podStates } from '../board/pod-row.ts';
import { renderChart } from '../html/chart.ts';
import { type Html, html } from '../html/html.ts';
import { renderPage, type Viewer } from '../html/page.ts';
import { ageSince, renderAge } from '../html/times.ts';

/** A sidecar as the page shows it. */
export interface SidecarView {
  readonly name: string;
  /** Undefined while it answers. */
  readonly trouble: string | undefined;
}

export interface Overview {
  readonly viewer: Viewer;
  readonly now: number;
  readonly after: string;
  /** Those that the viewer may see, and nothing of any other. */
  readonly boards: ReadonlyArray<OwnerBoard>;
  readonly sidecars: ReadonlyArray<SidecarView>;
  /** Whether what concerns all owners is shown, too. */
  readonly seesAllOwners: boolean;
  readonly sidecarOf: (board: OwnerBoard) => string;
  readonly history: History;
}

export function renderOverviewPage(overview: Overview): string {
  const { viewer, after, boards } = overview;
  const main = html`${states(countStates(boards))}
<section id="sidecars" data-live aria-labelledby="sidecars-title"><h2 id="sidecars-title">Sidecars</h2>${sidecarList(overview)}</section>
<section id="nodes" data-live aria-labelledby="nodes-title"><h2 id="nodes-title">Virtual nodes</h2>${nodeTable(overview)}</section>
<section id="charts" data-live aria-labelledby="charts-title"><h2 id="charts-title">The last six hours</h2>${charts(overview)}</section>`;
  return renderPage({ title: 'Overview', viewer, main, after });
}

/** States that nobody is in are left out, but for those that one looks for. */
function states(counts: StateCounts): Html {
  const items = podStates
    .filter((state) => state !== 'Unreadable' || counts[state] > 0)
    .map(
      (state) =>
        html`<li class="state-${state}"><a href="/ui/pods?state=${state}"><b>${counts[state]}</b> ${state}</a></li>`,
    );
  return html`<section id="states" data-live aria-labelledby="states-title"><h2 id="states-title">Pods</h2><ul class="states">${items}</ul></section>`;
}

function sidecarList({ sidecars }: Overview): Html {
  if (sidecars.length === 0) return html`<p class="quiet">None that has pods of yours.</p>`;
  const items = sidecars.map(({ name, trouble }) =>
    trouble === undefined
      ? html`<li><b>${name}</b> <span class="well">answers</span></li>`
      : html`<li><b>${name}</b> <span class="ill">does not answer</span><br>${trouble}</li>`,
  );
  return html`<ul class="sidecars">${items}</ul>`;
}

function nodeTable({ boards, now, sidecarOf }: Overview): Html {
  if (boards.length === 0)
    return html`<p class="quiet">No virtual kubelet has asked for pods that you may see since InterLink started.</p>`;
  const rows = boards.map((board) => {
    const { cluster, node } = board.owner;
    const counts = countStates([board]);
    const told = podStates.flatMap((state) => (counts[state] === 0 ? [] : [`${counts[state]} ${state}`]));
    return html`<tr role="row"><th role="rowheader" scope="row"><a href="/ui/pods?owner=${encodeURIComponent(ownerKey(board.owner))}">${node}</a></th>
<td role="cell" data-label="Cluster">${cluster}</td><td role="cell" data-label="Sidecar">${sidecarOf(board)}</td>
<td role="cell" data-label="Watched">${watched(board, now)}</td><td role="cell" data-label="Pods">${told.length === 0 ? 'none' : told.join(', ')}</td></tr>`;
  });
  const heads = ['Node', 'Cluster', 'Sidecar', 'Watched', 'Pods'];
  return html`<table role="table" class="cards" aria-labelledby="nodes-title"><thead role="rowgroup"><tr role="row">${heads.map((head) => html`<th role="columnheader" scope="col">${head}</th>`)}</tr></thead><tbody role="rowgroup">${rows}</tbody></table>`;
}

function watched({ isWatched, watchedSince, heardAt }: OwnerBoard, now: number): Html {
  return isWatched
    ? html`<span class="well">by its virtual kubelet</span>, for ${ageSince(watchedSince, now)}`
    : html`<span class="ill">by nobody</span>: as told ${ageSince(heardAt, now)} ago`;
}

function charts({ history, boards, sidecars, seesAllOwners }: Overview): Html {
  const keys = new Set(boards.map(({ owner }) => ownerKey(owner)));
  const { samples } = history;
  const times = samples.map(({ at }) => at);
  const sums = samples.map((sample) => sumOf(sample, keys));
  const count = (value: number) => String(Math.round(value * 10) / 10);
  const shown = podStates.filter((state) => state !== 'Unreadable');
  const requests = renderChart({
    ...{ id: 'chart-requests', title: 'Requests from InterLink to sidecars, per minute', times, show: count, least: 1 },
    series: sidecars.map(({ name }) => ({ name, values: samples.map(({ requests }) => requests.get(name)) })),
  });
  const tellers = sidecars.filter(({ name }) => samples.some(({ backendRequests }) => backendRequests.has(name)));
  const queries = renderChart({
    ...{
      id: 'chart-queries',
      title: 'Requests of sidecars to their backends, per minute',
      times,
      show: count,
      least: 1,
    },
    series: tellers.map(({ name }) => ({ name, values: samples.map((sample) => sample.backendRequests.get(name)) })),
  });
  return html`<div class="charts">${renderChart({
    ...{ id: 'chart-pods', title: 'Pods by state', times, show: count, least: 1 },
    series: shown.map((state) => ({ name: state, values: sums.map(({ counts }) => counts[state]) })),
  })}${renderChart({
    ...{
      id: 'chart-starts',
      title: 'From first sight to the first container, median of each minute',
      times,
      least: 10_000,
    },
    show: (value) => renderAge(value),
    series: [{ name: 'Start latency', values: sums.map(({ startLatenciesMs }) => median(startLatenciesMs)) }],
  })}${seesAllOwners && html`${requests}${tellers.length > 0 && queries}`}</div>`;
}
