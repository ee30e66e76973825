import { type Field, fieldsBelow } from './field.ts';

type Row = Pick<Field<unknown>, 'path' | 'support' | 'values' | 'needs' | 'note'>;

/** A table of fields in Markdown, for a backend's document. Of members only those have rows of their own that are more than a `yes`. */
export function renderFields<Policy>(fields: ReadonlyArray<Field<Policy>>): string {
  const shown = fields.flatMap((field): Row[] => [
    field,
    ...fieldsBelow(field.path, field.members ?? []).filter(
      ({ support, note }) => support !== 'supported' || note !== '',
    ),
  ]);
  const rows = shown.map((field) => `| \`${field.path}\` | ${renderSupport(field)} | ${field.note} |`);
  return ['| field | here | |', '|---|---|---|', ...rows].join('\n');
}

function renderSupport({ support, values, needs }: Row): string {
  const which = values === undefined ? '' : `: ${values}`;
  switch (support) {
    case 'supported':
      return 'yes';
    case 'elsewhere':
      return 'done before';
    case 'switched':
      return `refused unless \`${needs}\`${which}`;
    case 'refused':
      return `refused${which}`;
    case 'ignored':
      return `without effect, with a warning${which}`;
  }
}
