import { describe, expect } from 'vitest';
import type { UiSite } from '../drivers/ui-site.ts';
import { hasNoBrowser, uiTest } from '../drivers/ui-test.ts';

const test = uiTest({ nodes: ['n1'] });
const podCount = 2_000;

/** @returns the UIDs, in the order of the names */
async function createMany(site: UiSite): Promise<string[]> {
  const uids: string[] = [];
  for (let first = 0; first < podCount; first += 50) {
    const names = Array.from({ length: 50 }, (_, index) => `job-${String(first + index).padStart(4, '0')}`);
    uids.push(...(await Promise.all(names.map((name) => site.create('n1', name)))));
  }
  return uids;
}

describe.skipIf(hasNoBrowser)('the list of two thousand pods', () => {
  test('it has 200 rows a page, and a change touches one row and loads nothing', async ({ site, signedIn }) => {
    const uids = await createMany(site);
    const { page } = await signedIn('operator');
    const count = page.locator('#count');
    await expect
      .poll(async () => {
        await page.goto('/ui/pods');
        return await count.textContent();
      })
      .toContain(`${podCount} pods, page 1 of 10`);
    const rows = page.locator('tbody tr');
    expect(await rows.count()).toBe(200);
    expect(await page.evaluate('document.querySelectorAll("*").length')).toBeLessThan(4_000);
    const [first = ''] = await page.locator('tbody th').allTextContents();
    await page.getByRole('link', { name: 'Next' }).click();
    await page.getByText('page 2 of 10').waitFor();
    expect(await rows.count()).toBe(200);
    expect(await page.locator('tbody th').allTextContents()).not.toContain(first);

    await page.getByText('live', { exact: true }).waitFor();
    const requests: string[] = [];
    page.on('request', (request) => requests.push(request.url()));
    await page.evaluate(`(() => {
      window.touched = new Set();
      const note = (records) => records.forEach(({ target }) => {
        const row = (target.nodeType === 1 ? target : target.parentElement).closest('tr');
        const isAge = (target.nodeType === 1 ? target : target.parentElement).closest('time') !== null;
        if (!isAge) window.touched.add(row?.id);
      });
      new MutationObserver(note).observe(document.querySelector('table'), { subtree: true, childList: true, attributes: true, characterData: true });
    })()`);
    const shown = (await rows.nth(100).getAttribute('id'))?.slice('pod-'.length) ?? '';
    expect(uids).toContain(shown);
    await site.delete('n1', shown);
    await expect.poll(async () => await page.locator(`#pod-${shown} [data-cell=state]`).textContent()).toBe('Gone');
    expect(await page.evaluate('[...window.touched]')).toEqual([`pod-${shown}`]);
    expect(await rows.count()).toBe(200);
    expect(requests).toEqual([]);
  });

  test('a search finds one among them', async ({ site, signedIn }) => {
    await site.create('n1', 'needle');
    const { page } = await signedIn('operator');
    await page.goto('/ui/pods');
    await page.getByLabel('Name, job or reason').fill('needle');
    await expect
      .poll(async () => {
        await page.getByRole('button', { name: 'Show' }).click();
        return await page.locator('#count').textContent();
      })
      .toContain('1 pod');
    expect(await page.locator('tbody tr').count()).toBe(1);
  });
});
