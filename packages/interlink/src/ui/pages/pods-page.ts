import { ownerKey } from '@interlink/protocol';
import type { OwnerBoard, PodEntry } from '../board/owner-board.ts';
import { type PodState, podStates } from '../board/pod-row.ts';
import { type Html, html } from '../html/html.ts';
import { renderPage, type Viewer } from '../html/page.ts';
import { ageSince } from '../html/times.ts';
import { type CellName, cellsOf } from './pod-cells.ts';

/** Rows of one page: a browser shows them at once, and changes them one by one. */
const pageSize = 200;

/** What is looked for. */
export interface PodFilter {
  readonly text: string;
  readonly state: PodState | undefined;
  /** As `ownerKey()` has it. */
  readonly owner: string | undefined;
  /** Counted from 1. */
  readonly page: number;
}

export interface PodList {
  readonly viewer: Viewer;
  readonly now: number;
  readonly after: string;
  readonly boards: ReadonlyArray<OwnerBoard>;
  readonly filter: PodFilter;
}

/** Reads a query as the form below sends it; what is none of its values is as if it were not there. */
export function readPodFilter(query: Readonly<Record<string, unknown>>): PodFilter {
  const textOf = (name: string) => {
    const value = query[name];
    return typeof value === 'string' ? value.trim().slice(0, 300) : '';
  };
  const page = Number(textOf('page'));
  const owner = textOf('owner');
  return {
    text: textOf('q'),
    state: podStates.find((state) => state === textOf('state')),
    owner: owner === '' ? undefined : owner,
    page: Number.isSafeInteger(page) && page > 0 ? page : 1,
  };
}

export function renderPodsPage({ viewer, now, after, boards, filter }: PodList): string {
  const found = findPods(boards, filter);
  const pages = Math.max(1, Math.ceil(found.length / pageSize));
  const page = Math.min(filter.page, pages);
  const shown = found.slice((page - 1) * pageSize, page * pageSize);
  const main = html`${form(boards, filter)}
<p id="count">${found.length === 1 ? '1 pod' : `${found.length} pods`}${pages > 1 && `, page ${page} of ${pages}`} <a id="news" href="" hidden></a></p>
${shown.length > 0 && table(shown, now)}
${pages > 1 && pager(filter, page, pages)}`;
  return renderPage({ title: 'Pods', viewer, main, after });
}

/** The newest first. */
function findPods(boards: ReadonlyArray<OwnerBoard>, { text, state, owner }: PodFilter): PodEntry[] {
  const wanted = text.toLowerCase();
  return boards
    .filter((board) => owner === undefined || ownerKey(board.owner) === owner)
    .flatMap(({ pods }) => [...pods.values()])
    .filter(({ uid, row }) => {
      if (state !== undefined && row.state !== state) return false;
      return (
        wanted === '' ||
        [`${row.namespace}/${row.name}`, row.jobId, row.reason, uid].some((each) => each.toLowerCase().includes(wanted))
      );
    })
    .toSorted((a, b) => b.firstSeenAt - a.firstSeenAt || (a.uid < b.uid ? -1 : 1));
}

function form(boards: ReadonlyArray<OwnerBoard>, { text, state, owner }: PodFilter): Html {
  const option = (value: string, label: string, isChosen: boolean) =>
    html`<option value="${value}"${isChosen && html` selected`}>${label}</option>`;
  const nodes = boards.map(({ owner: each }) =>
    option(ownerKey(each), `${each.node} (${each.cluster})`, ownerKey(each) === owner),
  );
  return html`<form class="filter" method="get" action="/ui/pods" role="search" aria-label="Pods">
<label>Name, job or reason <input type="search" name="q" value="${text}"></label>
<label>State <select name="state">${option('', 'any', state === undefined)}${podStates.map((each) => option(each, each, each === state))}</select></label>
<label>Node <select name="owner">${option('', 'any', owner === undefined)}${nodes}</select></label>
<button>Show</button>
</form>`;
}

const columns: ReadonlyArray<readonly [CellName, string]> = [
  ['state', 'State'],
  ['reason', 'Reason'],
  ['job', 'Job'],
  ['estimate', 'Estimated start'],
];

function table(pods: ReadonlyArray<PodEntry>, now: number): Html {
  const heads = ['Pod', 'Node', ...columns.map(([, label]) => label), 'Age'];
  return html`<table role="table" class="cards" aria-describedby="count"><caption class="hidden">Pods</caption>
<thead role="rowgroup"><tr role="row">${heads.map((head) => html`<th role="columnheader" scope="col">${head}</th>`)}</tr></thead>
<tbody role="rowgroup">${pods.map((pod) => rowOf(pod, now))}</tbody></table>`;
}

function rowOf({ uid, owner, row, firstSeenAt }: PodEntry, now: number): Html {
  const cells = cellsOf(row);
  const rest = columns.map(
    ([name, label]) => html`<td role="cell" data-label="${label}" data-cell="${name}">${cells[name]}</td>`,
  );
  return html`<tr role="row" id="pod-${uid}" class="state-${row.state}"><th role="rowheader" scope="row"><a href="${podUrl({ owner, uid })}">${row.namespace}/<wbr>${row.name}</a></th>
<td role="cell" data-label="Node">${owner.node}</td>${rest}<td role="cell" data-label="Age">${ageSince(firstSeenAt, now)}</td></tr>`;
}

/** Where one pod is shown. */
export function podUrl({ owner, uid }: Pick<PodEntry, 'owner' | 'uid'>): string {
  return `/ui/pods/${[owner.cluster, owner.node, uid].map(encodeURIComponent).join('/')}`;
}

function pager({ text, state, owner }: PodFilter, page: number, pages: number): Html {
  const to = (number: number, label: string) => {
    const query = new URLSearchParams({ q: text, state: state ?? '', owner: owner ?? '', page: String(number) });
    return html`<a href="/ui/pods?${query.toString()}">${label}</a>`;
  };
  return html`<nav class="pager" aria-label="Pages of the list">${page > 1 && to(page - 1, 'Previous')} ${page < pages && to(page + 1, 'Next')}</nav>`;
}
