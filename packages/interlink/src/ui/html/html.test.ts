import fc from 'fast-check';
import { expect, test } from 'vitest';
import { html } from './html.ts';

test('html`` leaves nothing of a value that a browser could take for markup', () => {
  fc.assert(
    fc.property(fc.string(), (value) => {
      expect(html`${value}`.text).not.toMatch(/[<>"']|&(?!(amp|lt|gt|quot|#39);)/);
    }),
  );
});

test('html`` gives back every value that has no invisible characters, once its entities are read', () => {
  const read = (text: string) =>
    text.replace(/&(lt|gt|quot|#39|amp);/g, (_, name: string) => {
      return { lt: '<', gt: '>', quot: '"', '#39': "'", amp: '&' }[name] ?? '';
    });
  fc.assert(
    fc.property(fc.stringMatching(/^[ -~]*$/), (value) => {
      expect(read(html`<p title="${value}">`.text.slice('<p title="'.length, -2))).toBe(value);
    }),
  );
});

test('html`` takes HTML as it is, lists one by one, and leaves out what is not there', () => {
  const items = ['a', '<b>'].map((each) => html`<li>${each}</li>`);
  expect(html`<ul>${items}</ul>${undefined}${false}${0}`.text).toBe('<ul><li>a</li><li>&lt;b&gt;</li></ul>0');
});

test('html`` shows what would turn the text around it', () => {
  expect(html`${'pod\u202egnp.exe\u0000'}`.text).toBe('pod\ufffdgnp.exe\ufffd');
});
