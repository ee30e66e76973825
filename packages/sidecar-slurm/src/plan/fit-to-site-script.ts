import type { EventText } from '@interlink/sidecar-sdk';
import type { JobPlan, PlannedContainer } from '../script/job-plan.ts';

/**
 * What is left of a pod whose containers a script of the site's runs: that script starts each of them once, and lets nobody in. So there
 * are no restarts, no commands of probes and hooks, no standard input, no terminal and no mpiexec; native sidecars are as containers, and end when the script ends them.
 */
export function fitToSiteScript(plan: JobPlan): {
  readonly plan: JobPlan;
  readonly warnings: ReadonlyArray<EventText>;
} {
  const fitted = plan.containers.map(fitContainer);
  // The lifecycle starts them in this order, and no init container after a container.
  const containers = [...fitted.filter(({ kind }) => kind === 'init'), ...fitted.filter(({ kind }) => kind !== 'init')];
  const lost = plan.containers.flatMap(lostOf);
  const message = `Not done where a script of the site runs the containers: ${lost.join('; ')}`;
  return {
    plan: { ...plan, containers },
    warnings: lost.length === 0 ? [] : [{ type: 'Warning', reason: 'FieldIgnored', message }],
  };
}

function fitContainer(container: PlannedContainer): PlannedContainer {
  const { kind, probes, hooks } = container;
  return {
    ...container,
    ...{ kind: kind === 'init' ? 'init' : 'container', restartPolicy: 'Never', restartRules: [], mpiFlags: undefined },
    ...{ stdin: undefined, tty: false },
    probes: withoutCommands(probes),
    hooks: withoutCommands(hooks),
  };
}

function lostOf(container: PlannedContainer): string[] {
  const { name, kind, restartPolicy, restartRules, mpiFlags, stdin, tty = false, probes, hooks } = container;
  const commands = Object.entries({ ...probes, ...hooks }).flatMap(([field, action]) =>
    action.exec === undefined ? [] : [`${field}.exec of ${name}`],
  );
  const isRestarted = restartPolicy !== 'Never' || restartRules.length > 0;
  return [
    ...(isRestarted ? [`restarts of ${name}`] : []),
    ...(kind === 'sidecar' ? [`the order in which ${name} starts and ends`] : []),
    ...(mpiFlags === undefined ? [] : [`mpiexec for ${name}`]),
    ...(stdin === undefined ? [] : [`stdin of ${name}`]),
    ...(tty ? [`tty of ${name}`] : []),
    ...commands,
  ];
}

function withoutCommands<T extends object>(actions: T): T {
  return Object.fromEntries(Object.entries(actions).filter(([, action]) => action.exec === undefined)) as T;
}
