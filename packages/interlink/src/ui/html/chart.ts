import { type Html, html } from './html.ts';

export interface Series {
  readonly name: string;
  /** One a sample; undefined: nothing was measured. */
  readonly values: ReadonlyArray<number | undefined>;
}

export interface Chart {
  /** Of the page: no two have the same. */
  readonly id: string;
  readonly title: string;
  /** When each sample was taken, in milliseconds since the epoch, oldest first. */
  readonly times: ReadonlyArray<number>;
  readonly series: ReadonlyArray<Series>;
  /** The scale reaches this far at least. */
  readonly least: number;
  /** A value with its unit. */
  readonly show: (value: number) => string;
}

const [width, height, left, bottom, top] = [600, 160, 44, 20, 8];
/** As many as the style sheet has; then they begin again. */
const colours = 5;
/** Rows of the table that says the same as the picture. */
const tableRows = 12;

/** Lines over time as inline SVG, with the same in a table for those who see no picture. Colours are the style sheet's, by number. */
export function renderChart(chart: Chart): Html {
  const { id, title, series, show, times } = chart;
  const latest = series.map(({ name, values }, index) => {
    const value = values.findLast((each) => each !== undefined);
    return html`<li class="series-${index % colours}"><span class="key" aria-hidden="true"></span>${name}: <b>${value === undefined ? '–' : show(value)}</b></li>`;
  });
  const [from, to] = [times[0], times.at(-1)];
  const isDrawn = from !== undefined && to !== undefined && to > from;
  return html`<figure class="chart" aria-labelledby="${id}">
<figcaption id="${id}">${title}</figcaption>
${isDrawn ? drawing(chart, from, to) : html`<p class="quiet">Two minutes are wanted before there is a line.</p>`}
<ul class="legend">${latest}</ul>
${isDrawn && table(chart)}
</figure>`;
}

function drawing({ title, times, series, show, least }: Chart, from: number, to: number): Html {
  const highest = niceTop(
    Math.max(...series.flatMap(({ values }) => values.filter((value) => value !== undefined)), least),
  );
  const x = (at: number) => round(left + ((width - left) * (at - from)) / (to - from));
  const y = (value: number) => round(height - bottom - ((height - bottom - top) * value) / highest);
  const place = (at: number, value: number) => `${x(times[at] ?? from)} ${y(value)}`;
  const lines = series.map(({ values }, index) => {
    const dots = dotsOf(values, place);
    return html`<path class="series-${index % colours}" d="${pathOf(values, place)}"/>${dots !== '' && html`<path class="dot series-${index % colours}" d="${dots}"/>`}`;
  });
  const grid = [0, highest / 2, highest].map(
    (value) =>
      html`<path class="grid" d="M${left} ${y(value)}H${width}"/><text x="${left - 6}" y="${y(value) + 4}" text-anchor="end">${show(value)}</text>`,
  );
  return html`<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}, from ${clock(from)} to ${clock(to)} UTC; the table below has the numbers">
${grid}${lines}
<text x="${left}" y="${height - 4}">${clock(from)}</text><text x="${width}" y="${height - 4}" text-anchor="end">${clock(to)} UTC</text>
</svg>`;
}

/** A gap in the values is a gap in the line. */
function pathOf(values: ReadonlyArray<number | undefined>, place: (at: number, value: number) => string): string {
  let path = '';
  values.forEach((value, at) => {
    if (value === undefined) return;
    path += `${values[at - 1] === undefined ? 'M' : 'L'}${place(at, value)}`;
  });
  return path;
}

/** A value alone, which is no line, is a dot. */
function dotsOf(values: ReadonlyArray<number | undefined>, place: (at: number, value: number) => string): string {
  return values
    .map((value, at) => {
      const isAlone = values[at - 1] === undefined && values[at + 1] === undefined;
      return value !== undefined && isAlone ? `M${place(at, value)}h0` : '';
    })
    .join('');
}

function table({ times, series, show, title }: Chart): Html {
  const step = Math.ceil(times.length / tableRows);
  const rows = times.flatMap((at, index) => {
    if ((times.length - 1 - index) % step !== 0) return [];
    const cells = series.map(({ values }) => html`<td>${values[index] === undefined ? '–' : show(values[index])}</td>`);
    return [html`<tr><th scope="row">${clock(at)}</th>${cells}</tr>`];
  });
  return html`<details><summary>Numbers</summary><div class="scroll" tabindex="0" role="group" aria-label="${title}: numbers"><table><caption>${title}</caption>
<thead><tr><th scope="col">UTC</th>${series.map(({ name }) => html`<th scope="col">${name}</th>`)}</tr></thead><tbody>${rows}</tbody></table></div></details>`;
}

/** 1, 2 or 5 and zeros: a scale that reads well. */
function niceTop(highest: number): number {
  const magnitude = 10 ** Math.floor(Math.log10(highest));
  return ([1, 2, 5, 10].find((factor) => factor * magnitude >= highest) ?? 10) * magnitude;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function clock(at: number): string {
  return new Date(at).toISOString().slice(11, 16);
}
