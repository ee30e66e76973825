/** A metric as an expression names it, with the labels that its selector matches by. */
export interface Selector {
  readonly metric: string;
  readonly labels: ReadonlyArray<string>;
}

/** What a PromQL expression reads. */
export interface Reads {
  readonly selectors: ReadonlyArray<Selector>;
  /** Labels of `by (…)`, `on (…)` and the like. */
  readonly grouping: ReadonlyArray<string>;
}

const groupingClause = /\b(?:by|without|on|ignoring|group_left|group_right)\s*\(([^)]*)\)/g;
/** A name that no parenthesis follows (that would be a function or an aggregation), with or without matchers. */
const selector = /(?<![\w:$.])([a-zA-Z_:][\w:]*)\b(?!\s*\()(?:\s*\{([^}]*)\})?/g;
const operators: ReadonlySet<string> = new Set(['and', 'or', 'unless', 'bool', 'offset', 'inf', 'nan']);

/**
 * The metrics and labels of an expression: by its words rather than its grammar, which promtool checks.
 * @see https://prometheus.io/docs/prometheus/latest/querying/basics/
 */
export function readsOf(expression: string): Reads {
  // Strings may have anything in them, and ranges have units of time.
  const bare = expression.replaceAll(/"(?:[^"\\]|\\.)*"/g, '""').replaceAll(/\[[^\]]*\]/g, '');
  const grouping = [...bare.matchAll(groupingClause)].flatMap(([, list = '']) => words(list));
  const selectors = [...bare.replaceAll(groupingClause, '').matchAll(selector)]
    .filter(([, name = '']) => !operators.has(name.toLowerCase()))
    .map(([, metric = '', matchers = '']) => ({
      metric,
      labels: [...matchers.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map(([, label = '']) => label),
    }));
  return { selectors, grouping };
}

function words(list: string): string[] {
  return list.split(',').flatMap((word) => word.trim() || []);
}
