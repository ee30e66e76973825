import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, inject, test } from 'vitest';
import { monitoringFolder } from '../../../scripts/monitoring/monitoring-files.ts';
import { runCommand } from '../../testbed/index.ts';
import { lacks } from '../drivers/testbed-parts.ts';

async function promtool(...args: string[]) {
  return await runCommand('promtool', args, { cwd: monitoringFolder, timeoutMs: 60_000 });
}

describe.skipIf(lacks(inject('testbed'), 'monitoring'))('promtool takes deploy/monitoring', () => {
  test.each([
    ['check', 'rules', '--lint=all', '--lint-fatal', 'alerts.yaml'],
    ['test', 'rules', 'alerts.test.yaml'],
    ['check', 'config', '--syntax-only', 'prometheus.yaml'],
  ])('%s %s', async (...args) => {
    const { exitCode, stdout, stderr } = await promtool(...args);
    expect(`${stdout}${stderr}`).toMatch(/SUCCESS/);
    expect(exitCode).toBe(0);
  });

  test('and notices an alert that does not fire', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'promtool-'));
    try {
      const wrong = {
        rule_files: [join(monitoringFolder, 'alerts.yaml')],
        tests: [
          {
            input_series: [{ series: 'up{job="interlink-vk"}', values: '1x60' }],
            promql_expr_test: [{ expr: 'ALERTS', eval_time: '1h', exp_samples: [{ labels: 'ALERTS', value: 1 }] }],
          },
        ],
      };
      const file = join(folder, 'wrong.test.yaml');
      await writeFile(file, JSON.stringify(wrong));
      expect(await promtool('test', 'rules', file)).toMatchObject({ exitCode: 1 });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
