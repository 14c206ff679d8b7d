import { afterEach, describe, expect, test } from 'vitest';
import { readTyped } from '../../src/config/quantity';
import { createLabDesk, keptName, type LabAddress, type LabDesk } from '../../src/labs/desk/desk';
import { measuredAt } from '../../src/labs/desk/evidence';
import { guessed } from '../../src/labs/desk/guesses';
import type { KeptLab, LabShelf } from '../../src/labs/desk/shelf';
import { isOlder, newestFrom, olderOf } from '../../src/labs/desk/versions';
import type { Block, Lab } from '../../src/labs/lab';
import { readLab } from '../../src/labs/parse';
import { tasksOf, type Task } from '../../src/labs/progress';
import { read } from '../../src/protocol/read';
import { numberOf } from '../../src/protocol/read';
import { engineStep } from '../../src/runs/state';
import { openScope } from '../runs/openScope';

const PAGE = 'v=1&n_layers=2&d_model=16&n_heads=2&seq_len=8';
const SOURCE = `---
title: Small
question: Why?
minutes: 5
level: first course
---

## One

::page{link="${PAGE}&view.open=lr,lanes"}

:::predict{#ratio kind=number unit=times measure="A.rms@resid_post[last]@0 / A.rms@resid_post[0]@0" decades=0.5}
By which factor?
:::

:::predict{#later kind=number measure="A.loss@2" within=5}
Which loss?
:::

:::predict{#curve kind=curve panel=magnitude lane=B quantity="rms@resid_post" step=0 decades=1}
Which curve?
:::

::::reveal{after=ratio}
:::do{#two when="A.step >= 2 and A.lr > 0"}
Make two steps.
:::
::::

:::check{#check when="A.loss@2 > 1000"}
The loss is large.
:::

:::check{#lane when="C.step > 0"}
There is a third lane.
:::

## Two

::page{link="${PAGE}&lr=0.5"}

:::reflect{#why words=2}
Why?
:::
`;

const STORY = `---
title: Told
kind: story
question: Why?
minutes: 1
level: first course
---

## One

::page{link="${PAGE}"}

## Two

::page{link="${PAGE}&view.gradient=param_grad_rms@attn.wq"}

::show{play=3}

The loss is :live{of="A.loss@2"}.

## Three

::page{link="${PAGE}&n_layers=1"}
`;

function memoryLabShelf() {
  const kept = new Map<string, KeptLab>();
  const shelf: LabShelf = {
    all: () => Promise.resolve([...kept.values()]),
    get: (print) => Promise.resolve(structuredClone(kept.get(print))),
    put(one, over) {
      const { print } = one.progress.lab;
      const isNext = (kept.get(print)?.mark ?? over) === over;
      if (isNext) kept.set(print, structuredClone(one));
      return Promise.resolve(isNext);
    },
    remove: (print) => Promise.resolve(void kept.delete(print)),
  };
  return { shelf, kept };
}

/** Seconds of the clock, which goes on from page to page. */
let tick = 0;

const opened: { dispose(): void }[] = [];
afterEach(() => opened.splice(0).forEach((one) => one.dispose()));

/** A page with a desk of labs, where `small` is the lab and `told` the story above. */
function openDesk({
  kept = memoryLabShelf(),
  from = null as string | null,
  hash = '',
  source = SOURCE,
} = {}) {
  const page = openScope({ hash });
  const named: { lab: string | null; pages: string[] } = { lab: from, pages: [] };
  const address: LabAddress = {
    read: () => named.lab,
    write: (lab) => void (named.lab = lab),
    hasPage: () => page.address.hash() !== '',
    go(to) {
      named.pages.push(to);
      page.address.edit(to);
      return Promise.resolve();
    },
    beside: (lab, file) => `${lab}/${file}`,
    fetch: (name) =>
      name === 'small'
        ? Promise.resolve(source)
        : name === 'told'
          ? Promise.resolve(STORY)
          : Promise.reject(new Error('There is none.')),
  };
  const desk = createLabDesk({
    ...{ scope: page.scope, shelf: kept.shelf, address, app: '0.1.0' },
    readLab: (source, id) => Promise.resolve(readLab(source, id)),
    predict: () => Promise.reject(new Error('No theory.')),
    now: () => new Date(Date.UTC(2026, 0, 1, 0, 0, tick++)),
  });
  opened.push(desk, page.scope);
  const until = (wanted: () => boolean) => expect.poll(wanted, { timeout: 4000 }).toBe(true);
  return { page, desk, named, kept, until };
}

const labOf = (desk: LabDesk): Lab => {
  const { page } = desk.store.getState();
  if (page.kind !== 'lab') throw new Error(`The page is ${page.kind}.`);
  return page.lab;
};
const progressOf = (desk: LabDesk) => desk.store.getState().progress!;
function taskOf<Kind extends Task['kind']>(desk: LabDesk, id: string, kind: Kind) {
  const task = tasksOf(labOf(desk)).find((one) => one.id === id);
  if (task?.kind !== kind) throw new Error(`${id} is no ${kind}.`);
  return task as Extract<Block, { kind: Kind }>;
}
/** Opened, its page set and measured. */
async function openSmall(options?: Parameters<typeof openDesk>[0]) {
  const all = openDesk(options);
  if (options?.from) all.desk.begin();
  else all.desk.open('small');
  await all.until(() => all.desk.store.getState().page.kind === 'lab');
  await all.page.ready();
  return all;
}

describe('a lab on the page', () => {
  test('sets the page as its step begins, once for each step, and again when it is asked', async () => {
    const { desk, named, page, until } = await openSmall();
    expect(named).toEqual({ lab: 'small', pages: [`${PAGE}&view.open=lr,lanes`] });
    expect(page.state().view.open).toEqual(['lr', 'lanes']);
    expect(page.state().labs).toBe(true);
    desk.go(1);
    await until(() => page.lane('a').config.lr === 0.5);
    desk.go(0);
    desk.go(1);
    expect(named.pages).toHaveLength(2);
    await page.ready();
    await page.steps(1);
    desk.setPage();
    await until(() => page.lane('a').shown?.frame.step === 0);
    expect(named.pages).toHaveLength(3);
  });

  test('a prediction leaves out what would tell its answer, until it is recorded', async () => {
    const { desk, page, named, until } = openDesk();
    const source = SOURCE.replace('view.open=lr,lanes', 'view.hide=stack')
      .replace('{#ratio kind', '{#ratio hides="gradient,stack" kind')
      .replace('{#later kind', '{#later hides="loss,gradient" kind');
    await desk.openFile('veiled.md', source);
    const hidden = () => [...page.state().view.hide].sort();
    await until(() => hidden().length === 3);
    expect(named.pages).toEqual([`${PAGE}&view.hide=stack,gradient,loss`]);
    await page.ready();
    desk.answer(taskOf(desk, 'ratio', 'predict'), 1);
    expect(hidden()).toEqual(['gradient', 'loss', 'stack']);
    desk.answer(taskOf(desk, 'later', 'predict'), 1);
    expect(hidden()).toEqual(['stack']);
  });

  test('a prediction is compared with the student’s own run as soon as that is measured', async () => {
    const { desk, page, until } = await openSmall();
    desk.answer(taskOf(desk, 'ratio', 'predict'), 1);
    const { frame, layout } = page.lane('a').shown!;
    const at = (layer: number) =>
      numberOf({ frame, layout }, readTyped(`rms@blocks.${layer}.resid_post`)!)!;
    const { ratio } = progressOf(desk).answers as Record<string, { measured: number }>;
    expect(ratio!.measured).toBeCloseTo(at(1) / at(0), 6);
    expect(progressOf(desk).answers['ratio']!.evidence!.readings.map((one) => one.reading)).toEqual(
      ['A.rms@resid_post[1]@0', 'A.rms@resid_post[0]@0'],
    );
    expect(progressOf(desk).answers['ratio']!.evidence!.runs.a).toMatchObject({
      ...{ step: 0, hasWeights: false },
      changes: [{ step: 0, settings: { n_layers: 2, d_model: 16 } }],
    });
    expect(progressOf(desk).answers['ratio']!.evidence!.runs.b).toBeUndefined();

    desk.answer(taskOf(desk, 'later', 'predict'), 1);
    expect(progressOf(desk).answers['later']!.measured).toBeNull();
    await until(() => /step 0/.test(desk.store.getState().standing['later'] ?? ''));
    await page.steps(2);
    await until(() => progressOf(desk).answers['later']!.measured !== null);
    expect(progressOf(desk).answers['later']!.isRight).toBe(true);
  });

  test('a curve stays in the panels as a ghost while its step is on show', async () => {
    const { desk, page, until } = await openSmall();
    desk.answer(taskOf(desk, 'curve', 'predict'), [0.5, 2]);
    await until(() => page.state().ghosts.length === 1);
    const [ghost] = page.state().ghosts;
    expect(ghost!.lanes[0]!.id).toBe('b');
    const { layers } = read(ghost!.lanes[0]!.shown, readTyped('rms@resid_post')!);
    expect(layers).toEqual([
      { x: 0, y: 0.5 },
      { x: 1, y: 2 },
    ]);
    page.pinGhost();
    expect(page.state().ghosts).toHaveLength(2);
    expect(progressOf(desk).answers['curve']!.measured).toHaveLength(2);
    desk.go(1);
    await until(() => page.state().ghosts.every(({ name }) => !name));
    expect(page.state().ghosts).toHaveLength(1);
  });

  test('what is asked for is noticed by itself, once it is revealed', async () => {
    const { desk, page, until } = await openSmall();
    await page.steps(2);
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(progressOf(desk).judged['two']).toBeUndefined();
    desk.answer(taskOf(desk, 'ratio', 'predict'), 1);
    await until(() => progressOf(desk).judged['two']?.isPassed === true);
    expect(desk.store.getState().said).toMatch(/^Done\. A\.step is 2/);
  });

  test('a check that fails says what was measured, or what is missing', async () => {
    const { desk, page } = await openSmall();
    const check = taskOf(desk, 'check', 'check');
    await desk.check(check);
    expect(progressOf(desk).judged['check']).toMatchObject({
      ...{ isPassed: false, attempts: 1 },
      said: 'Lane A stands at step 0; it has not come to step 2.',
    });
    await page.steps(2);
    await desk.check(check);
    const { said, attempts, evidence } = progressOf(desk).judged['check']!;
    expect(attempts).toBe(2);
    expect(said).toMatch(/^A\.loss@2 is [\d.]+, which is not greater than 1000\.$/);
    expect(evidence.readings).toEqual([
      { reading: 'A.loss@2', value: expect.closeTo(page.lane('a').shown!.frame.loss, 5) as number },
    ]);
    await desk.check(taskOf(desk, 'lane', 'check'));
    expect(progressOf(desk).judged['lane']!.said).toBe('There is no lane C.');
  });

  test('changes under way are in the run that is reported', async () => {
    const { desk, page } = await openSmall();
    await page.steps(1);
    page.setValue('lr', 0.25, ['a']);
    await page.quiet();
    await page.ready();
    await page.steps(2);
    await desk.check(taskOf(desk, 'check', 'check'));
    const { runs } = progressOf(desk).judged['check']!.evidence;
    expect(runs.a).toMatchObject({ step: 3, text: { name: 'built-in text' } });
    expect(runs.a!.changes.slice(1)).toEqual([{ step: 1, settings: { lr: 0.25 } }]);
  });

  test('it goes on where it stood after the page was loaded again, and leaves the page as it is', async () => {
    const first = await openSmall();
    first.desk.answer(taskOf(first.desk, 'ratio', 'predict'), 3);
    first.desk.go(1);
    await first.until(() => first.page.lane('a').config.lr === 0.5);
    const { kept } = first;
    const hash = first.page.address.hash();
    const { desk, named } = await openSmall({ kept, from: 'small', hash });
    expect(named.pages).toEqual([]);
    expect(progressOf(desk)).toEqual(progressOf(first.desk));
    // Opened from the list, it has its page set.
    const third = await openSmall({ kept });
    expect(third.named.pages).toEqual([`${PAGE}&lr=0.5`]);
    expect(third.desk.store.getState().kept[0]).toMatchObject({ from: 'small', source: SOURCE });
  });

  test('a file that was dropped is kept with its text', async () => {
    const { desk, named, until, kept } = openDesk();
    await desk.openFile('my lab.md', SOURCE);
    const { print, id } = labOf(desk);
    expect(id).toBe('my lab');
    expect(named.lab).toBe(`kept:${print}`);
    const other = openDesk({ kept, from: `kept:${print}` });
    other.desk.begin();
    await until(() => other.desk.store.getState().page.kind === 'lab');
    expect(progressOf(other.desk).lab.print).toBe(print);
    desk.list();
    expect(named.lab).toBeNull();
    desk.forget(print);
    expect(kept.kept.size).toBe(0);
  });

  test('a lab that changed since it was begun begins anew, and the answers to the older one stay', async () => {
    const first = await openSmall();
    first.desk.answer(taskOf(first.desk, 'ratio', 'predict'), 3);
    await first.until(() => first.kept.kept.size === 1);
    const old = labOf(first.desk).print;
    const { kept } = first;
    const { desk, until, named } = await openSmall({
      kept,
      source: SOURCE.replace('Why?', 'How?'),
    });
    const now = () => desk.store.getState();
    expect(labOf(desk).print).not.toBe(old);
    expect(progressOf(desk).answers).toEqual({});
    const older = olderOf(now().kept, { lab: labOf(desk), from: 'small' })!;
    expect(older.progress.answers['ratio']!.given).toBe(3);
    expect(now().kept.filter((one) => isOlder(one, now().kept))).toEqual([older]);
    expect(newestFrom(now().kept, 'small')!.progress.lab.print).toBe(labOf(desk).print);

    desk.open(keptName(older));
    await until(() => now().isOld);
    expect(labOf(desk).print).toBe(old);
    expect(desk.report()!.predictions).toMatchObject([{ id: 'ratio', given: 3 }]);
    expect(named.lab).toBe(keptName(older));
    expect(desk.beside('picture.svg')).toBe('small/picture.svg');
    // It was worked on last, and is the older version all the same.
    desk.go(1);
    expect(newestFrom(now().kept, 'small')!.progress.lab.print).not.toBe(old);
  });

  test('of two tabs with one lab the older says that it is not kept, and can take up the newer answers', async () => {
    const first = await openSmall();
    const { kept } = first;
    const isElsewhere = (desk: LabDesk) => desk.store.getState().isElsewhere;
    const second = await openSmall({ kept });
    second.desk.answer(taskOf(second.desk, 'ratio', 'predict'), 5);
    first.desk.seen();
    await first.until(() => isElsewhere(first.desk));
    first.desk.answer(taskOf(first.desk, 'ratio', 'predict'), 2);
    first.desk.write('why', 'Lost.');
    await new Promise((resolve) => setTimeout(resolve, 50));
    const given = () => [...kept.kept.values()][0]!.progress.answers['ratio']?.given;
    expect(given()).toBe(5);
    expect(isElsewhere(second.desk)).toBe(false);

    await first.desk.takeUp();
    expect(isElsewhere(first.desk)).toBe(false);
    expect(progressOf(first.desk).answers['ratio']!.given).toBe(5);
    first.desk.write('why', 'Kept now.');
    // The other tab has not been looked at, and hears of it when it writes.
    second.desk.write('why', 'Too late.');
    await second.until(() => isElsewhere(second.desk));
    expect([...kept.kept.values()][0]!.progress.reflections).toEqual({ why: 'Kept now.' });
  });

  test('what is wrong with a lab is told with its line, and it can be opened without that', async () => {
    const { desk } = openDesk();
    await desk.openFile('broken.md', SOURCE.replace('#two when', '#two whem'));
    const { page } = desk.store.getState();
    expect(page).toMatchObject({ kind: 'refused', name: 'broken.md', canOpen: true });
    expect(page.kind === 'refused' && page.reasons.join(' ')).toMatch(/^Line 2\d: .*when/);
    await desk.openDespite();
    expect(labOf(desk).title).toBe('Small');
    desk.open('nothing');
    await expect
      .poll(() => desk.store.getState().page)
      .toMatchObject({ kind: 'refused', reasons: ['There is none.'] });
  });

  test('closing it lifts what it locks', async () => {
    const { desk, page } = await openSmall();
    desk.close();
    expect(page.state().labs).toBe(false);
    expect(page.state().view.open).toBeNull();
    expect(desk.store.getState().page.kind).toBe('list');
  });

  test('the report has what was done, in the order of the lab', async () => {
    const { desk } = await openSmall();
    await desk.check(taskOf(desk, 'check', 'check'));
    desk.answer(taskOf(desk, 'curve', 'predict'), [1, 1]);
    desk.answer(taskOf(desk, 'ratio', 'predict'), 1);
    desk.write('why', 'Because.');
    desk.keepFigure('none', { link: '', lanes: ['a'], svg: '<svg/>' });
    desk.sign('s123');
    const report = desk.report()!;
    expect(report.student).toBe('s123');
    expect(report.lab).toEqual(progressOf(desk).lab);
    expect(report.predictions.map(({ id }) => id)).toEqual(['ratio', 'curve']);
    expect(report.checks.map(({ id, attempts }) => [id, attempts])).toEqual([['check', 1]]);
    expect(report.reflections).toEqual([{ id: 'why', text: 'Because.' }]);
    expect(report.figures).toEqual([]);
    expect(report.device).toEqual({ backend: 'cpu', adapter: 'none' });
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });
});

test.each(['rms@resid_post', 'entropy@attn', 'param_grad_rms@attn.wq'])(
  'a guess of %s reads as it was drawn, and has no other number',
  async (text) => {
    const page = openScope({ hash: PAGE });
    opened.push(page.scope);
    await page.ready();
    const quantity = readTyped(text)!;
    const guess = guessed(page.lane('a').shown!, 0, quantity, [0.25, 4]);
    expect(read(guess, quantity).layers).toEqual([
      { x: 0, y: 0.25 },
      { x: 1, y: 4 },
    ]);
    expect(guess.frame.loss).toBeNaN();
    expect(
      read(guess, readTyped('mean@resid_post')!).layers.every(({ y }) => Number.isNaN(y)),
    ).toBe(true);
  },
);

test('a story trains on from step to step, begins anew where lanes change, and is not kept', async () => {
  const { page, desk, until, kept } = openDesk({ hash: PAGE });
  const steps = () => page.scope.getState().lanes.map(engineStep);
  page.scope.actions.stepOnce();
  await until(() => steps().every((step) => step === 1));
  desk.open('told');
  // Its first step begins at step 0, whatever was trained before.
  await until(() => desk.store.getState().page.kind === 'lab' && steps().every((n) => n === 0));
  expect(desk.store.getState().live).toEqual({});
  desk.go(1);
  await until(() => steps().every((step) => step >= 3));
  const loss = () => measuredAt(page.scope.actions.recorded('a'), 2)?.frame.loss;
  await until(() => desk.store.getState().live['A.loss@2'] === loss());
  expect(loss()).toBeGreaterThan(0);
  desk.go(0);
  await until(() => progressOf(desk).step === 0);
  expect(Math.min(...steps())).toBeGreaterThanOrEqual(3);
  // Back at a step that plays to where the run was before, the page shows that moment.
  desk.go(1);
  await until(() => page.lane('a').shown?.frame.step === 3);
  desk.go(2);
  await until(() => page.lane('a').config.n_layers === 1 && steps().every((n) => n === 0));
  expect(kept.kept.size).toBe(0);
  desk.close();
  expect(page.scope.getState().labs).toBe(false);
});
