/** A lab as a student does it: from the list to the report, every exercise by the page’s own controls. */
import { readFileSync } from 'node:fs';
import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';

import type { Asks, Check, Do, Lab, LabStep, Predict } from '../../../src/labs/lab';
import { readLab } from '../../../src/labs/parse';
import type { LabReport } from '../../../src/labs/report';
import { exercisesOf, pageAt, type LabExercise } from '../../../src/labs/walk';
import { reachOf } from '../../../src/labs/wanted';
import { axisFor } from '../../../src/views/labs/sketch';
import { KINDS } from '../../../src/views/labs/words';
import { EXPERIMENTS } from '../../labs/experiments';
import { stepShown } from '../driver';
import { whenReady, type PageOptions } from '../page';
import { whenIdle } from '../tap';
import { setUp, trainThrough } from './experiment';
import { drawing, heading, pane, press, saved, task } from './pane';

/** The page as it is without a network, after one visit. */
export async function openOffline(open: (options?: PageOptions) => Promise<Page>): Promise<Page> {
  const page = await open({ keepsItself: true });
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
  });
  await page.context().setOffline(true);
  await page.reload();
  await whenReady({ page, problems: [] });
  return page;
}

/** A lab that ships, as its file says it. */
export const labOf = (id: string) => readLab(readFileSync(`public/labs/${id}.md`, 'utf8'), id).lab!;

/** What was measured for predictions, by exercise. */
export type Truth = Readonly<Record<string, number | readonly number[]>>;

export interface Student {
  name: string;
  /** Choices are answered rightly. */
  picksRight: boolean;
  /** What numbers and curves are predicted to be; null where they are predicted wrongly. */
  knows: Truth | null;
  /** Tries a wrong experiment for each check before the right one. */
  errs: boolean;
}

/** Tests if a student answers an exercise rightly. */
export const isRightOf = ({ picksRight, knows }: Student, { asks }: Predict): boolean =>
  asks.kind === 'choice' ? picksRight : knows !== null;

type Numeric = Extract<Asks, { kind: 'number' }>;
type Curve = Extract<Asks, { kind: 'curve' }>;
type Options = Extract<Asks, { kind: 'choice' }>;

async function choose(group: Locator, { answer, options }: Options, isRight: boolean) {
  const picked = isRight ? answer : (answer + 1) % options.length;
  await group.getByRole('radio').nth(picked).click();
  await group.getByRole('button', { name: 'Record' }).click();
}

/** Wrong by far, whatever is measured: a thousand in a place of a share, a billion in a place of a ratio. */
const wrongOf = ({ within }: Numeric) => (within === null ? 1e9 : 1000 * within);

async function type(group: Locator, value: number) {
  await group.getByRole('textbox').fill(String(Number(value.toPrecision(4))));
  await group.getByRole('button', { name: 'Record' }).click();
}

/** Draws a curve along the lower edge, in one stroke. */
async function drawLow(page: Page) {
  const box = (await drawing(page).locator('.lb-draw-hit').boundingBox())!;
  const y = box.y + box.height - 1;
  await page.mouse.move(box.x + 1, y);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width - 1, y, { steps: 20 });
  await page.mouse.up();
}

/** The share of its axis that a press of an arrow moves a point of a curve. */
const PRESS = 0.02;

/** Draws a curve layer by layer, with the keys. */
async function drawWithKeys(page: Page, { quantity }: Curve, values: readonly number[]) {
  const isLog = axisFor(quantity, [], 0).kind === 'log';
  for (const [layer, value] of values.entries()) {
    const handle = drawing(page).getByRole('slider', { name: `Layer ${layer}`, exact: true });
    await expect.poll(() => handle.evaluate((one) => one === document.activeElement)).toBe(true);
    const read = async (name: string) => Number(await handle.getAttribute(`aria-value${name}`));
    const [low, high] = [await read('min'), await read('max')];
    // The first press begins where the layer before it is.
    await page.keyboard.press('ArrowUp');
    const target = isLog ? Math.log10(value) : value;
    const presses = Math.round((target - (await read('now'))) / (PRESS * (high - low)));
    for (let i = 0; i < Math.abs(presses); i++)
      await page.keyboard.press(presses > 0 ? 'ArrowUp' : 'ArrowDown');
    await page.keyboard.press('ArrowRight');
  }
}

async function draw(page: Page, asks: Curve, values: readonly number[] | null) {
  await press(page, 'Go to the drawing');
  if (values) await drawWithKeys(page, asks, values);
  else await drawLow(page);
  await drawing(page).getByRole('button', { name: 'Record' }).click();
}

async function predict(page: Page, group: Locator, exercise: Predict, student: Student) {
  const { id, asks } = exercise;
  const known = student.knows?.[id] ?? null;
  if (asks.kind === 'choice') await choose(group, asks, student.picksRight);
  else if (asks.kind === 'number')
    await type(group, typeof known === 'number' ? known : wrongOf(asks));
  else await draw(page, asks, known as readonly number[] | null);
  await group.getByText('recorded', { exact: true }).waitFor();
}

/** The page as the step begins. */
async function setAgain(page: Page) {
  await press(page, 'Set the page again');
  await expect.poll(() => stepShown(page)).toBe(0);
  await whenIdle(page);
}

async function doIt(page: Page, group: Locator, { when }: Do) {
  await trainThrough(page, reachOf(when.node));
  await group.getByText('done', { exact: true }).waitFor();
}

async function judge(group: Locator, button: string) {
  await group.getByRole('button', { name: button, exact: true }).click();
  const said = group.locator('.lb-said');
  await said.waitFor();
  return said;
}

async function check(
  page: Page,
  group: Locator,
  { id, when, hints }: Check,
  { lab, link, errs }: { lab: Lab; link: string; errs: boolean },
) {
  const { right, wrong, seeds = [0] } = EXPERIMENTS[lab.id]![id]!;
  const seed = seeds.includes(0) ? '' : `&seed=${seeds[0]}`;
  const reach = reachOf(when.node);
  const experiment = async (tried: string) => {
    if (tried) {
      await setAgain(page);
      await setUp(page, link, tried);
    }
    await trainThrough(page, reach);
  };
  if (errs) {
    await experiment(wrong[0] ?? '');
    const said = await judge(group, 'Check');
    expect(await said.innerText()).toMatch(/^Not yet\. .* is .*, which is not .*\.$/s);
    // Judged on numbers that are there: what is missing is another matter.
    await expect
      .poll(() => pane(page).getByRole('status').last().innerText())
      .toMatch(/^Not passed\. /);
    for (const [i] of hints.entries())
      await group.getByRole('button', { name: `Hint ${i + 1} of ${hints.length}` }).click();
    expect(await group.locator('.lb-hint').count()).toBe(hints.length);
    if (wrong[0]) await setAgain(page);
  }
  await experiment(`${right[0]}${seed}`.replace(/^&/, ''));
  const said = await judge(group, errs ? 'Check again' : 'Check');
  await expect.poll(() => said.innerText()).toMatch(/^Passed\. /);
}

const words = (count: number) =>
  Array.from({ length: Math.max(1, count) }, (_, i) => `word${i + 1}`).join(' ');

async function doExercise(
  page: Page,
  { exercise, step, nth }: { exercise: LabExercise; step: LabStep; nth: number },
  lab: Lab,
  student: Student,
) {
  const group = task(page, KINDS[exercise.kind].name, nth);
  switch (exercise.kind) {
    case 'predict':
      return predict(page, group, exercise, student);
    case 'do':
      return doIt(page, group, exercise);
    case 'check':
      return check(page, group, exercise, {
        ...{ lab, link: pageAt(lab, step)!, errs: student.errs },
      });
    case 'figure':
      await group.getByRole('button', { name: 'Take the figure' }).click();
      return group.getByRole('img').waitFor();
    case 'reflect':
      await group.getByRole('textbox').fill(words(exercise.words));
      return group.getByText('written', { exact: true }).waitFor();
  }
}

/** The outcome of every prediction of a step is told by its end. */
async function expectTold(page: Page, exercises: readonly LabExercise[], student: Student) {
  const predictions = exercises.filter((one) => one.kind === 'predict');
  for (const [i, exercise] of predictions.entries()) {
    const group = task(page, KINDS.predict.name, i);
    const isRight = isRightOf(student, exercise);
    if (exercise.asks.kind === 'choice')
      await group
        .getByText(`Your prediction was ${isRight ? 'right' : 'not right'}.`, { exact: true })
        .waitFor();
    else await group.locator(isRight ? '.lb-right' : '.lb-wrong').waitFor();
  }
}

/** What the browser keeps of a lab: the measurements of its predictions. */
const measuredIn = (page: Page, id: string): Promise<Truth> =>
  page.evaluate(
    (id) =>
      new Promise((done, failed) => {
        const opening = indexedDB.open('normscope labs');
        opening.onerror = () => failed(opening.error!);
        opening.onsuccess = () => {
          const all = opening.result.transaction('labs').objectStore('labs').getAll();
          all.onsuccess = () => {
            opening.result.close();
            const { progress } = all.result.find((one) => one.progress.lab.id === id);
            const answers = Object.entries(
              progress.answers as Record<string, { measured: number }>,
            );
            done(Object.fromEntries(answers.map(([key, { measured }]) => [key, measured])));
          };
        };
      }),
    id,
  );

export interface Walked {
  report: LabReport;
  json: string;
  html: string;
  measured: Truth;
}

/** Does a lab on a page that has opened, from the list of labs to the saved report. */
export async function walkLab(page: Page, lab: Lab, student: Student): Promise<Walked> {
  await page.getByRole('button', { name: 'Labs', exact: true }).click();
  await pane(page)
    .getByRole('list', { name: 'Labs', exact: true })
    .getByRole('button', { name: new RegExp(`^${lab.title}`) })
    .click();
  const all = exercisesOf(lab);
  for (const [i, step] of lab.steps.entries()) {
    if (i) await press(page, 'Next');
    await heading(page, step.title);
    await whenIdle(page);
    const exercises = all.filter((one) => one.step === step).map(({ exercise }) => exercise);
    for (const [at, exercise] of exercises.entries()) {
      const nth = exercises.slice(0, at).filter(({ kind }) => kind === exercise.kind).length;
      await doExercise(page, { exercise, step, nth }, lab, student);
    }
    expect(await pane(page).locator('.lb-locked').count()).toBe(0);
    await expectTold(page, exercises, student);
  }
  await press(page, 'Report');
  await pane(page)
    .getByText(new RegExp(`^${all.length} of ${all.length} tasks are done\\.`))
    .waitFor();
  await pane(page).getByRole('textbox', { name: 'Your name or number' }).fill(student.name);
  const json = (await saved(page, 'Save for the course (JSON)')).text;
  const html = (await saved(page, 'Save to read (HTML)')).text;
  return { report: JSON.parse(json), json, html, measured: await measuredIn(page, lab.id) };
}
