/** Text that is HTML already: made by {@link html} and nowhere else. */
export class Html {
  readonly text: string;

  private constructor(text: string) {
    this.text = text;
  }

  /** For {@link html}: the literal parts are the program's own, and each value goes through `renderValue`. */
  static of(parts: TemplateStringsArray, values: ReadonlyArray<HtmlValue>): Html {
    return new Html(parts.reduce((text, part, index) => text + renderValue(values[index - 1]) + part));
  }
}

/** What may stand in a template. `undefined` and `false` are nothing; everything that is no HTML is escaped. */
export type HtmlValue = Html | string | number | undefined | false | ReadonlyArray<HtmlValue>;

/** HTML with values in it, each escaped for text and for attributes in double quotes: names and reasons come from strangers. */
export function html(parts: TemplateStringsArray, ...values: HtmlValue[]): Html {
  return Html.of(parts, values);
}

function renderValue(value: HtmlValue): string {
  if (value === undefined || value === false) return '';
  if (value instanceof Html) return value.text;
  if (typeof value === 'object') return value.map(renderValue).join('');
  return escapeHtml(String(value));
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** What would turn the text around it over, or hide it, is shown as the replacement character (Unicode's bidirectional controls). */
const invisible = /(?![\t\n\r])[\p{Cc}\p{Bidi_Control}]/gu;

function escapeHtml(text: string): string {
  return text.replace(invisible, '\ufffd').replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
