import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

import { exercisesOf } from '../../src/labs/walk';
import { expectAccessible, prepareAxe } from './accessible';
import { dropFile, panel, SMALL } from './driver';
import { drawing, heading, pane, press, task } from './labs/pane';
import { isRightOf, labOf, openOffline, walkLab } from './labs/walk';
import { whenReady } from './page';
import { test } from './test';

const FILE = readFileSync(new URL('labs/small.md', import.meta.url), 'utf8');

const said = (page: Page) => pane(page).getByRole('status').last();

/** Drops the lab on the page, and turns to its first step. */
async function openLab(page: Page) {
  await dropFile(page, 'small.md', FILE);
  await heading(page, 'Introduction');
  await press(page, 'Next');
  await heading(page, 'How large does the stream grow?');
  await expect.poll(() => page.url()).toContain('n_layers=4');
}

/** Answers the two predictions of the first step. */
async function predict(page: Page, choice: string, factor: string) {
  const [first, second] = [task(page, 'Predict'), task(page, 'Predict', 1)];
  await first.getByRole('radio', { name: choice }).click();
  await first.getByRole('button', { name: 'Record' }).click();
  await second.getByRole('textbox').fill(factor);
  await second.getByRole('button', { name: 'Record' }).click();
}

test('a lab that ships is done from start to end without a network, and handed in', async ({
  open,
}) => {
  const page = await openOffline(open);
  // The one that trains least; `npm run verify` does all of them, and grades their reports.
  const lab = labOf('depth-and-theory');
  const student = { name: 's-4711', picksRight: true, knows: null, errs: true };
  const { report, html } = await walkLab(page, lab, student);
  expect(report).toMatchObject({
    ...{ format: 'normscope-lab-report', version: 1, student: 's-4711' },
    lab: { id: lab.id, title: lab.title },
  });
  const predictions = exercisesOf(lab).flatMap(({ exercise }) =>
    exercise.kind === 'predict' ? [exercise] : [],
  );
  expect(report.predictions.map(({ id, isRight }) => [id, isRight])).toEqual(
    predictions.map((one) => [one.id, isRightOf(student, one)]),
  );
  const curve = report.predictions.find(({ id }) => id === 'curve')!;
  expect(curve.measured!.readings).toHaveLength(12);
  expect(curve.measured!.runs.a!.changes[0]!.settings).toMatchObject({ d_model: 128, n_heads: 1 });
  expect(report.checks.map(({ id, isPassed, attempts }) => [id, isPassed, attempts])).toEqual([
    ['agree', true, 2],
    ['specified', true, 2],
    ['trained', true, 1],
  ]);
  expect(report.figures[0]).toMatchObject({ id: 'spec', lanes: ['a'] });
  expect(report.figures[0]!.svg).toContain('</svg>');
  expect(html).toContain(lab.title);
});

test('a lab that is dropped shows the answer once it is predicted, and its page has the locks of the step', async ({
  open,
}) => {
  const page = await open({ hash: SMALL });
  await openLab(page);
  expect(page.url()).toContain('lab=kept');
  // A lock of the step is a lock of the page.
  await page.getByText('This page locks the settings that are grey.').waitFor();
  expect(await pane(page).locator('.katex').count()).toBeGreaterThan(1);

  expect(await pane(page).getByText('nothing takes away what was added').count()).toBe(0);
  await predict(page, 'in lane A', '1.6');
  await pane(page).getByText('nothing takes away what was added').waitFor();
  await pane(page).getByText('Your prediction was right.').waitFor();
  await task(page, 'Predict', 1)
    .getByText(/^Measured: 1\.5\d times, 0\.0\d+ decades from your prediction/)
    .waitFor();
  expect(await task(page, 'Predict').getByRole('radio', { name: 'in lane B' }).isDisabled()).toBe(
    true,
  );

  const check = task(page, 'Check');
  await check.getByRole('button', { name: 'Check' }).click();
  await check.getByText(/^Not yet\. A\.rms@resid_post\[last\]@0 is 2\.\d+, which is not/).waitFor();
  await expect.poll(() => said(page).innerText()).toMatch(/^Not passed\. A\.rms/);
  await check.getByRole('button', { name: 'Hint 1 of 2' }).click();
  await check.getByText('Look at the upper panel.').waitFor();
  await check.getByRole('button', { name: 'Check again' }).click();
  await check.getByText('2 attempts').waitFor();

  await press(page, 'Next');
  await heading(page, 'Draw the gradient');
  // The panel shows what is to be predicted, and is covered.
  await drawing(page).waitFor();
  const axes = await drawing(page).locator('.lb-draw-hit').boundingBox();
  const covered = await page.evaluate(
    ([x, y]) => document.elementFromPoint(x, y)?.closest('.lb-draw') !== null,
    [axes!.x + 20, axes!.y + 20] as const,
  );
  expect(covered).toBe(true);
  expect(await panel(page, 'gradient').evaluate((figure: HTMLElement) => figure.inert)).toBe(true);
  await page.mouse.move(axes!.x + axes!.width * 0.2, axes!.y + axes!.height * 0.3);
  await page.mouse.down();
  await page.mouse.move(axes!.x + axes!.width * 0.9, axes!.y + axes!.height * 0.4, { steps: 9 });
  await page.mouse.up();
  await drawing(page).getByRole('button', { name: 'Record' }).click();
  await task(page, 'Predict')
    .getByText(/^Your curve is [\d.]+ decades from the measured one/)
    .waitFor();
  const ghosts = () => panel(page, 'gradient').locator('.trace.ghost').count();
  await expect.poll(ghosts).toBe(1);

  await press(page, 'Next');
  await heading(page, 'Train it');
  await expect.poll(ghosts).toBe(0);
  await press(page, 'Report');
  await pane(page).getByText('3 of 8 tasks are done.').waitFor();
  await pane(page).getByRole('button', { name: 'All labs' }).click();
  await pane(page)
    .getByRole('button', { name: /^Pre against post, in small/ })
    .waitFor();
  await pane(page).getByText('38 % done').waitFor();
  await press(page, 'Close the labs');
  await expect.poll(() => pane(page).count()).toBe(0);
  expect(page.url()).not.toContain('lab=');
});

test('a wrong prediction is told so, and a page that is loaded again goes on', async ({ open }) => {
  const page = await open({ hash: SMALL });
  await openLab(page);
  await predict(page, 'in lane B', '50');
  await pane(page).getByText('Your prediction was not right.').waitFor();
  expect(await task(page, 'Predict').locator('.lb-right').count()).toBe(1);
  await task(page, 'Predict', 1).getByText('not right', { exact: true }).waitFor();
  await task(page, 'Check').getByRole('button', { name: 'Check' }).click();
  await task(page, 'Check').getByText('1 attempt', { exact: true }).waitFor();
  // Answers are written by then.
  await page.waitForTimeout(300);

  await page.reload();
  await whenReady({ page, problems: [] });
  await heading(page, 'How large does the stream grow?');
  await pane(page).getByText('Your prediction was not right.').waitFor();
  await pane(page).getByText('1 attempt', { exact: true }).waitFor();
  expect(await task(page, 'Predict').getByRole('radio', { name: 'in lane A' }).isDisabled()).toBe(
    true,
  );
  expect(page.url()).toContain('n_layers=4');
});

test('a lab is opened by the address of its page, from the same site alone', async ({ open }) => {
  const page = await open({
    query: 'lab=small.md',
    before: [
      () => {
        const known = fetch;
        window.fetch = (input, init) => {
          const url = input instanceof Request ? input.url : String(input);
          return url.endsWith('/small.md')
            ? Promise.resolve(new Response(sessionStorage.getItem('lab') ?? '# No lab'))
            : known(input, init);
        };
      },
    ],
  });
  await pane(page).getByText('small.md cannot be opened as a lab.').waitFor();
  await pane(page)
    .getByText(/^Line 1: The file begins with no front matter/)
    .waitFor();
  await page.evaluate((file) => sessionStorage.setItem('lab', file), FILE);
  await page.reload();
  await whenReady({ page, problems: [] });
  await heading(page, 'Introduction');
  await pane(page).getByRole('button', { name: 'LayerNorm' }).click();
  await page.getByRole('dialog', { name: 'LayerNorm' }).waitFor();
  await page.keyboard.press('Escape');

  await page.goto(page.url().replace('lab=small.md', 'lab=https://example.org/small.md'));
  await whenReady({ page, problems: [] });
  await pane(page)
    .getByText(/opened from the same site as the page, and https:\/\/example\.org is another/)
    .waitFor();
});

test('all of it can be done by the keyboard', async ({ open }) => {
  const page = await open({ hash: SMALL });
  await page.keyboard.press('e');
  await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe('Labs');
  await openLab(page);
  // Turning the page puts the focus on its title.
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe(
    'How large does the stream grow?',
  );
  await task(page, 'Predict').getByRole('radio').first().focus();
  // The focus moves a moment after the key, which picks what it moves to while it is down.
  await page.keyboard.press('ArrowDown', { delay: 200 });
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await pane(page).getByText('Your prediction was right.').waitFor();

  await press(page, 'Next');
  await drawing(page).waitFor();
  await press(page, 'Go to the drawing');
  const handle = (layer: number) =>
    drawing(page).getByRole('slider', { name: `Layer ${layer}`, exact: true });
  await expect.poll(() => handle(0).evaluate((one) => one === document.activeElement)).toBe(true);
  expect(await handle(0).getAttribute('aria-valuetext')).toBe('nothing drawn');
  await page.keyboard.press('ArrowUp');
  const before = Number(await handle(0).getAttribute('aria-valuenow'));
  await page.keyboard.press('PageUp');
  await expect
    .poll(async () => Number(await handle(0).getAttribute('aria-valuenow')))
    .toBeGreaterThan(before);
  await page.keyboard.press('End');
  await expect.poll(() => handle(3).evaluate((one) => one === document.activeElement)).toBe(true);
  await page.keyboard.press('ArrowDown');
  await pane(page).getByText('2 of 4 layers drawn, the rest follows in straight lines.').waitFor();
  await drawing(page).getByRole('button', { name: 'Record' }).focus();
  await page.keyboard.press('Enter');
  await task(page, 'Predict').getByText('recorded', { exact: true }).waitFor();
});

test('on a phone it is a sheet that is pulled up and down', async ({ open }) => {
  const page = await open({ hash: SMALL, width: 390, height: 844, hasTouch: true });
  await openLab(page);
  const height = async () => Math.round((await pane(page).boundingBox())!.height);
  expect(await height()).toBe(422);
  await press(page, 'More of the lab');
  await expect.poll(height).toBe(800);
  await press(page, 'More of the page');
  await press(page, 'More of the page');
  await expect.poll(height).toBe(52);
  const grip = (await pane(page).locator('.lb-grip').boundingBox())!;
  await page.mouse.move(grip.x + 40, grip.y + 10);
  await page.mouse.down();
  await page.mouse.move(grip.x + 40, grip.y - 80, { steps: 2 });
  await page.mouse.up();
  await expect.poll(height).toBeGreaterThan(400);

  await press(page, 'Next');
  await press(page, 'Go to the drawing');
  await expect.poll(height).toBe(52);
  const axes = (await drawing(page).locator('.lb-draw-hit').boundingBox())!;
  expect(axes.y).toBeGreaterThan(0);
  expect(axes.y + axes.height).toBeLessThan(844 - 52);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(wide).toBe(390);
});

test('it is accessible in every state, wide and narrow', async ({ open }) => {
  const page = await open({ hash: SMALL });
  await page.getByRole('button', { name: 'Labs', exact: true }).click();
  await pane(page).waitFor();
  await prepareAxe(page);
  await expectAccessible(page, 'the list of labs');
  await openLab(page);
  await expectAccessible(page, 'a step with predictions');
  await predict(page, 'in lane A', '50');
  await task(page, 'Check').getByRole('button', { name: 'Check' }).click();
  await task(page, 'Check').getByRole('button', { name: 'Hint 1 of 2' }).click();
  await expectAccessible(page, 'answers, a check that failed and a hint');
  await press(page, 'Next');
  await drawing(page).waitFor();
  await expectAccessible(page, 'a curve to be drawn');
  await press(page, 'Next');
  await task(page, 'Figure').getByRole('button', { name: 'Take the figure' }).click();
  await task(page, 'Figure').getByRole('img').waitFor();
  await expectAccessible(page, 'a figure and a text');
  await press(page, 'Report');
  await expectAccessible(page, 'the report');
  await page.setViewportSize({ width: 390, height: 844 });
  await expectAccessible(page, 'the sheet');
});
