import { expect, test } from 'vitest';
import { v1Capabilities } from './v1-capabilities.ts';

const pool = { name: 'default', capacity: { cpu: '4' } };
const well = { pool, trouble: undefined };

test('v1Capabilities() calls the plugin’s only pool as its row does', () => {
  expect(v1Capabilities(well, { exportsPodData: true }).pools).toEqual([pool]);
  expect(v1Capabilities(well, { exportsPodData: true, pool: 'gpu' }).pools).toEqual([{ ...pool, name: 'gpu' }]);
  expect(v1Capabilities({ ...well, pool: undefined }, { exportsPodData: true, pool: 'gpu' }).pools).toEqual([]);
});

test('v1Capabilities() has no volumes of ConfigMaps and Secrets where they are not exported', () => {
  expect(v1Capabilities(well, { exportsPodData: false }).volumeTypes).not.toContain('secret');
  expect(v1Capabilities(well, { exportsPodData: true }).volumeTypes).toContain('secret');
});

test('v1Capabilities() tells in the plugin’s own words that it is ill', () => {
  const { warnings } = v1Capabilities({ pool: undefined, trouble: 'no slurm' }, { exportsPodData: true });
  expect(warnings).toContainEqual(expect.stringContaining('no slurm'));
});
