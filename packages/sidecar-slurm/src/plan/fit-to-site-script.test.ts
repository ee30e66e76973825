import { describe, expect, test } from 'vitest';
import { jobPlan, plannedContainer } from '../script/testing/plans.ts';
import { fitToSiteScript } from './fit-to-site-script.ts';

const httpGet = { port: 80 };
const exec = { command: ['true'] };

describe('fitToSiteScript()', () => {
  test('leaves a pod alone that runs once', () => {
    const plan = jobPlan({
      containers: [plannedContainer('main', { probes: { readinessProbe: { httpGet } } })],
    });
    const fitted = fitToSiteScript(plan);
    expect(fitted.warnings).toEqual([]);
    expect(fitted.plan.containers).toMatchObject(plan.containers);
  });

  test('takes what a script can’t do, and tells', () => {
    const { plan, warnings } = fitToSiteScript(
      jobPlan({
        containers: [
          plannedContainer('proxy', { kind: 'sidecar', restartPolicy: 'Always' }),
          plannedContainer('prepare', { kind: 'init' }),
          plannedContainer('main', {
            ...{ mpiFlags: ['-v'], stdin: 'once', tty: true },
            probes: { livenessProbe: { exec }, readinessProbe: { httpGet } },
            hooks: { preStop: { exec } },
          }),
        ],
      }),
    );
    expect(plan.containers.map(({ name, kind, restartPolicy }) => [name, kind, restartPolicy])).toEqual([
      ['prepare', 'init', 'Never'],
      ['proxy', 'container', 'Never'],
      ['main', 'container', 'Never'],
    ]);
    expect(plan.containers[2]).toMatchObject({
      probes: { readinessProbe: { httpGet } },
      hooks: {},
      ...{ mpiFlags: undefined, stdin: undefined, tty: false },
    });
    expect(plan.containers[2]?.probes).not.toHaveProperty('livenessProbe');
    expect(warnings).toEqual([
      {
        ...{ type: 'Warning', reason: 'FieldIgnored' },
        message:
          'Not done where a script of the site runs the containers: restarts of proxy; the order in which proxy starts and ends; ' +
          'mpiexec for main; stdin of main; tty of main; livenessProbe.exec of main; preStop.exec of main',
      },
    ]);
  });
});
