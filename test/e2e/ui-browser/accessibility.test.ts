import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import { showHistory } from '../drivers/shown-history.ts';
import { hasNoBrowser, uiTest } from '../drivers/ui-test.ts';

showHistory({ cluster: 'c1', node: 'n1' });
const test = uiTest({ nodes: ['n1'] });
const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe finds, each as `rule: element`. It comes in by the debugger, which the page's security policy does not concern. */
async function violationsOn(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  const { violations, passes } = await page.evaluate<AxeResults>('axe.run(document)');
  // One that looked at nothing finds nothing.
  expect(passes.length).toBeGreaterThan(10);
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target} ${failureSummary}`),
  );
}

/** How far a page reaches past the right edge of its window, in pixels, and what does. */
async function overflowOf(page: Page): Promise<unknown> {
  return await page.evaluate(`(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    const isPast = (element) => element.getBoundingClientRect().right > clientWidth;
    const past = [...document.querySelectorAll('main *')].filter(isPast).map(({ tagName, id }) => tagName + ' ' + id);
    return scrollWidth > clientWidth ? [scrollWidth - clientWidth, ...past] : [];
  })()`);
}

const long = 'a-name-of-a-pod-that-goes-on-and-on-as-those-that-machines-make-do-'.repeat(3).slice(0, 200);
const looks = (['light', 'dark'] as const).flatMap((colorScheme) =>
  [390, 1280].map((width) => ({ colorScheme, viewport: { width, height: 800 } })),
);

describe.skipIf(hasNoBrowser)('the pages are for everybody', () => {
  test.for(looks)(
    'axe finds nothing, and nothing reaches past the edge: $colorScheme, $viewport.width px',
    async (look, { site, open, signedIn }) => {
      const annotations = {
        ...{ 'run-seconds': '0', 'exit-code': '1', reason: 'Error', message: `/very/long/path/${'x'.repeat(300)}` },
        ...{ log: 'y'.repeat(2_000), event: 'z'.repeat(500) },
      };
      const uid = await site.create('n1', long, { annotations, containers: ['main', 'helper'] });
      await site.create('n1', 'waits', { annotations: { 'start-delay': '3600000', 'queue-reason': 'Priority' } });
      await site.create('n1', 'runs');
      const stranger = await open(look);
      await stranger.page.goto('/ui/sign-in');
      const { page, troubles } = await signedIn('operator', look);
      await expect.poll(async () => (await page.goto(`/ui/pods/c1/n1/${uid}`))?.status()).toBe(200);
      troubles.length = 0;
      const found: Record<string, unknown> = {
        signIn: [await violationsOn(stranger.page), await overflowOf(stranger.page)],
      };
      for (const path of ['/ui', '/ui/pods', '/ui/pods?q=nothing-like-it', `/ui/pods/c1/n1/${uid}`, '/ui/nowhere']) {
        await page.goto(path);
        found[path] = [await violationsOn(page), await overflowOf(page)];
      }
      await page.goto('/ui');
      for (const summary of await page.getByText('Numbers', { exact: true }).all()) await summary.click();
      expect(await page.getByRole('group', { name: /: numbers$/ }).count()).toBe(4);
      found.charts = [await violationsOn(page), await overflowOf(page)];
      const paths = Object.keys(found);
      expect(found).toEqual(Object.fromEntries(paths.map((path) => [path, [[], []]])));
      expect(troubles.splice(0)).toEqual([expect.stringContaining('404')]);
    },
  );

  test('what is wrong is noticed', async ({ open }) => {
    const { page } = await open({ viewport: { width: 390, height: 800 } });
    await page.goto('/ui/sign-in');
    await page.evaluate(`(() => {
      document.documentElement.removeAttribute('lang');
      document.querySelector('label').remove();
    })()`);
    const rules = (await violationsOn(page)).map((violation) => violation.split(':', 1)[0]);
    expect(rules).toEqual(expect.arrayContaining(['html-has-lang', 'label']));
    await page.evaluate(
      `document.querySelector('main').append(Object.assign(document.createElement('img'), { width: 500 }))`,
    );
    expect(await overflowOf(page)).toEqual(expect.arrayContaining(['IMG ']));
  });
});
