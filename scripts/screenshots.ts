import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { openPage, startChromium } from '../test/e2e/drivers/chromium.ts';
import { showHistory } from '../test/e2e/drivers/shown-history.ts';
import { UiSite } from '../test/e2e/drivers/ui-site.ts';
import { findProgram } from '../test/testbed/process/find-program.ts';
import { shownNodes, shownPod, shownSidecar, tellEvents } from './screenshots/shown-sidecar.ts';
import { renderTerminal } from './screenshots/terminal-page.ts';

// `make screenshots`: the pictures of docs/images. The pages are InterLink's own, before a sidecar that tells of pods that never were; what the
// terminals show is what the commands say.

const root = join(import.meta.dirname, '..');
/** They are in every clone for ever. */
const maxBytes = 150_000;
const pages = {
  overview: '/ui',
  pods: '/ui/pods',
  pod: `/ui/pods/c1/${shownPod.node}/${shownPod.uid}`,
} as const;
const looks = [
  ['overview', 'light', 1_280],
  ['overview', 'dark', 1_280],
  ['pods', 'light', 1_280],
  ['pods', 'dark', 390],
  ['pod', 'light', 390],
  ['pod', 'dark', 1_280],
] as const;

const executable = await findProgram('chromium');
if (executable === undefined)
  throw new Error('Pictures are taken with chromium, which is not on PATH: apt-get install chromium');
showHistory({ cluster: 'c1', node: shownPod.node });
await using site = await UiSite.start({ nodes: shownNodes, sidecar: shownSidecar });
await using browser = await startChromium({ executable });
for (const [name, colorScheme, width] of looks) {
  const { page } = await openPage(browser, {
    baseURL: site.url,
    colorScheme,
    viewport: { width, height: width < 1_000 ? 844 : 720 },
  });
  await page.goto('/ui');
  await page.getByLabel('Token').fill(UiSite.tokenOf('operator'));
  await page.keyboard.press('Enter');
  await page.getByRole('table', { name: 'Virtual nodes' }).waitFor();
  if (name === 'overview' && colorScheme === 'light') tellEvents();
  await page.goto(pages[name]);
  await page.getByText('live', { exact: true }).waitFor();
  if (name === 'pod') await page.getByText('epoch 15/40').waitFor();
  await save(page, `ui-${name}-${colorScheme}`);
}
const owners = shownNodes.flatMap((node) => ['--owner', `c1/${node}`]);
const status = await outputOf(
  ['packages/cli/src/main.ts', 'interlink', 'status', '--side', 'site', ...owners],
  site.env,
);
const folder = dirname(site.env.INTERLINKCONFIGPATH ?? '');
const where = '/etc/interlink';
await saveTerminal(browser, 'status', [
  `interlink status --side site ${owners.join(' ')}`,
  status.replaceAll(folder, where),
]);
await saveTerminal(browser, 'demo', ['make demo', await outputOf(['scripts/demo.ts'])]);

async function outputOf(args: ReadonlyArray<string>, env: NodeJS.ProcessEnv = {}): Promise<string> {
  const command = [...process.execArgv, ...args];
  const { stdout } = await promisify(execFile)(process.execPath, command, {
    cwd: root,
    env: { ...process.env, ...env },
  });
  return stdout;
}

async function saveTerminal(from: Browser, name: string, [command, output]: readonly [string, string]): Promise<void> {
  const { page } = await openPage(from, { viewport: { width: 1_400, height: 600 } });
  await page.setContent(renderTerminal(command, output));
  const path = pathOf(name);
  await page.locator('main').screenshot({ path, omitBackground: true });
  await assertSmall(path);
}

async function save(page: Page, name: string): Promise<void> {
  const path = pathOf(name);
  // Of a narrow window what a phone shows: all of it is long.
  const fullPage = (page.viewportSize()?.width ?? 0) > 1_000;
  await page.screenshot({ path, fullPage });
  await assertSmall(path);
}

function pathOf(name: string): string {
  return join(root, 'docs', 'images', `${name}.png`);
}

async function assertSmall(path: string): Promise<void> {
  const { size } = await stat(path);
  process.stdout.write(`${path}: ${size} bytes\n`);
  if (size > maxBytes) throw new Error(`${path} has ${size} bytes; ${maxBytes} are the most`);
}
