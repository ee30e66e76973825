import { InterLinkError, matchesPattern, type Pod } from '@interlink/sidecar-sdk';
import { annotationPrefix, type PodScript, parseScript } from '../script.ts';
import type { Timeline } from '../timeline.ts';
import type { PodRuleShape } from './pod-shape.ts';
import { stepProblems, toSteps } from './steps.ts';

/** Annotations that say what a timeline says, or a log flood. A pod that has one itself goes by it, and a rule has the one or the other. */
const rivals = {
  timeline: [
    'start-delay',
    'run-seconds',
    'exit-code',
    'init-exit-code',
    'reason',
    'message',
    'pod-reason',
    'image-error',
  ],
  logFlood: ['log', 'log-interval', 'log-file'],
} as const;

/** What becomes of a pod: the first rule that fits it, and before that its own annotations. @throws as {@link parseScript} */
export function scriptByRules(rules: ReadonlyArray<PodRuleShape>, pod: Pod): PodScript {
  const own = pod.metadata.annotations;
  const rule = rules.find((candidate) => matches(candidate, pod));
  if (rule === undefined) return parseScript(own);
  const script = parseScript({ ...annotationsOf(rule), ...own });
  const saysItself = (names: ReadonlyArray<string>) =>
    names.some((name) => own?.[`${annotationPrefix}${name}`] !== undefined);
  const { logFlood: log, eventFlood: events } = rule;
  return {
    ...script,
    ...(saysItself(rivals.timeline) ? {} : { timeline: timelineOf(rule) }),
    ...(log === undefined || saysItself(rivals.logFlood)
      ? {}
      : {
          logFlood: {
            linesPerSecond: log.linesPerSecond,
            bytesPerLine: log.bytesPerLine ?? 100,
            forMs: toMs(log.forSeconds),
          },
        }),
    ...(events === undefined
      ? {}
      : {
          eventFlood: {
            eventsPerSecond: events.eventsPerSecond,
            forMs: toMs(events.forSeconds),
            event: {
              type: events.type ?? 'Normal',
              reason: events.reason ?? 'Flood',
              message: events.message ?? 'event',
            },
          },
        }),
  };
}

/** What a schema can't say of a rule, by the place below it. */
export function podRuleProblems(rule: PodRuleShape): Array<{ place: string; what: string }> {
  const { timeline = [], containers = {}, annotations = {}, logFlood } = rule;
  const problems = [
    ...stepProblems(timeline, '.timeline'),
    ...Object.entries(containers).flatMap(([name, steps]) => stepProblems(steps, `.containers.${name}`)),
  ];
  for (const [name, value] of Object.entries(annotations)) {
    try {
      parseScript({ [`${annotationPrefix}${name}`]: String(value) });
    } catch (error) {
      const { message } = InterLinkError.from(error);
      problems.push({ place: `.annotations.${name}`, what: `is ${JSON.stringify(value)}: ${message}` });
    }
  }
  const hasTimeline = rule.timeline !== undefined || rule.containers !== undefined;
  const isDouble = (names: ReadonlyArray<string>) => names.filter((name) => annotations[name] !== undefined);
  for (const name of hasTimeline ? isDouble(rivals.timeline) : []) {
    problems.push({ place: `.annotations.${name}`, what: 'says what a timeline says: one of the two is wanted' });
  }
  for (const name of logFlood === undefined ? [] : isDouble(rivals.logFlood)) {
    problems.push({ place: `.annotations.${name}`, what: 'says what logFlood says: one of the two is wanted' });
  }
  return problems;
}

function matches({ match = {} }: PodRuleShape, { metadata }: Pod): boolean {
  const { namespace = '*', name = '*', labels = {} } = match;
  return (
    matchesPattern(namespace, metadata.namespace) &&
    matchesPattern(name, metadata.name) &&
    Object.entries(labels).every(([key, value]) => metadata.labels?.[key] === value)
  );
}

function annotationsOf({ annotations = {} }: PodRuleShape): Record<string, string> {
  return Object.fromEntries(
    Object.entries(annotations).map(([name, value]) => [`${annotationPrefix}${name}`, String(value)]),
  );
}

/** Without steps for a container, it runs from the create on. */
function timelineOf({ timeline, containers }: PodRuleShape): Timeline | undefined {
  if (timeline === undefined && containers === undefined) return undefined;
  return {
    main: toSteps(timeline ?? [{ atSeconds: 0, running: true }]),
    named: new Map(Object.entries(containers ?? {}).map(([name, steps]) => [name, toSteps(steps)])),
  };
}

function toMs(forSeconds: number | undefined): number {
  return forSeconds === undefined ? Number.POSITIVE_INFINITY : forSeconds * 1_000;
}
