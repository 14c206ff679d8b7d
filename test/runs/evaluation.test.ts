import { afterEach, describe, expect, test } from 'vitest';
import { createEvaluationDesk } from '../../src/runs/evaluationDesk';
import type { RunRecord } from '../../src/runs/record';
import { openScope, pause, type Setup } from './openScope';

type Opened = ReturnType<typeof openScope>;
let close: () => void = () => undefined;
afterEach(() => close());

const ready = async (setup?: Setup): Promise<Opened> => {
  const page = openScope(setup);
  close = () => page.scope.dispose();
  await page.ready();
  return page;
};
const callsOf = ({ workers }: Opened, method: string, i = 0) =>
  workers[i]!.behaviour.calls.filter((call) => call.method === method).length;
const evaluated = (page: Opened) =>
  page.until(
    ({ lanes }) => lanes.every(({ shown, evaluation }) => evaluation?.training === shown),
    'all lanes to be evaluated',
  );
/** Longer than lanes must be quiet. */
const quietly = () => pause(200);
const DROPOUT = 'v=1&dropout=0.1';

describe('lanes are evaluated', () => {
  test('while somebody looks, and not otherwise', async () => {
    const page = await ready();
    await quietly();
    expect(callsOf(page, 'evaluate')).toBe(0);
    const stop = page.watchEvaluations();
    await evaluated(page);
    await quietly();
    expect(callsOf(page, 'evaluate')).toBe(1);
    const { evaluation, shown } = page.lane('a');
    expect(evaluation).toMatchObject({
      seq_len: 32,
      sameBatch: true,
      config: { placement: 'pre' },
    });
    expect(evaluation!.training).toBe(shown);
    expect(evaluation!.frame.loss).toBeCloseTo(shown!.frame.loss * 1.1, 4);

    stop();
    page.stepOnce();
    await page.atStep(1);
    await quietly();
    expect(callsOf(page, 'evaluate')).toBe(1);
    expect(page.lane('a').evaluation).toBe(evaluation);
  });

  test('once by however many who look', async () => {
    const page = await ready();
    const stops = [page.watchEvaluations(), page.watchEvaluations()];
    await evaluated(page);
    stops[0]!();
    page.stepOnce();
    await page.atStep(1);
    await evaluated(page);
    expect(callsOf(page, 'evaluate')).toBe(2);
  });

  test('anew after a setting changed and after a reset; the old one stays meanwhile', async () => {
    const page = await ready();
    page.watchEvaluations();
    await evaluated(page);
    const before = page.lane('a').evaluation;
    page.setValue('lr', 0.5);
    await page.until(({ lanes }) => lanes.every((l) => l.shown?.config.lr === 0.5));
    expect(page.lane('a').evaluation).toBe(before);
    await evaluated(page);
    expect(page.lane('a').evaluation!.config.lr).toBe(0.5);
    page.reset();
    await page.until(({ lanes }) => lanes.some(({ engine }) => engine.status === 'building'));
    await page.ready();
    await evaluated(page);
    expect(callsOf(page, 'evaluate')).toBe(3);
  });

  test('not under a moving slider', async () => {
    const page = await ready();
    page.watchEvaluations();
    await evaluated(page);
    for (let i = 1; i <= 10; i++) {
      page.setValue('lr', i / 100, undefined, false);
      await pause(20);
    }
    await page.until(({ lanes }) => lanes.every((l) => l.shown?.config.lr === 0.1));
    await evaluated(page);
    expect(callsOf(page, 'evaluate')).toBe(2);
  });

  test('now and then in training, at the step of the frame beside it, and again at rest', async () => {
    let clock = 0;
    const page = await ready({ now: () => clock });
    page.watchEvaluations();
    await evaluated(page);
    page.play();
    await page.atStep(20);
    // The clock stands: one evaluation, at the first step.
    const early = callsOf(page, 'evaluate');
    expect(early).toBe(2);
    clock += 999;
    await page.atStep(30);
    expect(callsOf(page, 'evaluate')).toBe(early);
    clock += 1;
    await page.until(() => callsOf(page, 'evaluate') > early);
    await page.until(({ lanes }) => lanes.every((l) => (l.evaluation?.frame.step ?? 0) > 20));
    for (const { evaluation } of page.state().lanes) {
      expect(evaluation!.frame.step).toBe(evaluation!.training.frame.step);
    }
    expect(page.lane('a').evaluation!.frame.step).toBe(page.lane('b').evaluation!.frame.step);
    page.pause();
    await evaluated(page);
  });

  test('seldom enough that training hardly slows down', async () => {
    const page = await ready();
    page.play();
    let clock = 0;
    const desk = createEvaluationDesk({
      store: page.scope,
      engineOf: () => undefined,
      now: () => clock,
    });
    desk.watch();
    // A step of 300 ms, and 600 ms more with an evaluation.
    let evaluations = 0;
    for (let step = 0; step < 240; step++) {
      await desk.paced((evaluates) => {
        clock += evaluates ? 900 : 300;
        evaluations += Number(evaluates);
        return Promise.resolve();
      });
    }
    desk.dispose();
    expect(evaluations).toBeGreaterThan(8);
    expect(clock).toBeLessThan(240 * 300 * 1.15);
  });

  test('and train on where they cannot be', async () => {
    const page = await ready({
      engines: [{ fails: new Map([['evaluate', 'Out of memory.']]) }],
    });
    page.watchEvaluations();
    await page.until(({ lanes }) => lanes.every((l) => l.evaluation || l.engine.unevaluated));
    expect(page.lane('a')).toMatchObject({
      engine: { status: 'ready', unevaluated: { reason: 'Out of memory.' } },
      evaluation: null,
    });
    expect(page.lane('b').engine.unevaluated).toBeNull();
    await quietly();
    expect(callsOf(page, 'evaluate')).toBe(1);
    page.stepOnce();
    await page.atStep(1);
    expect(page.lane('a').engine.status).toBe('ready');
  });
});

describe('the record', () => {
  const recordOf = async (page: Opened) => JSON.parse(await page.recordOf('a')) as RunRecord;

  test('holds the evaluations that were made', async () => {
    const page = await ready({ hash: `${DROPOUT}&eval_seq_len=40&positions=none` });
    page.watchEvaluations();
    await evaluated(page);
    page.stepOnce();
    await page.atStep(1);
    await evaluated(page);
    const { frames } = await recordOf(page);
    expect(frames.map(({ step }) => step)).toEqual([0, 1]);
    expect(frames.map(({ evaluation }) => evaluation?.seq_len)).toEqual([40, 40]);
    expect(frames[0]!.evaluation!.position.rms[11]).toHaveLength(40);
    expect(frames[0]!.evaluation!.site).not.toHaveProperty('grad_rms');
  });

  test('leaves them out where evaluation is as training', async () => {
    const page = await ready();
    page.watchEvaluations();
    await evaluated(page);
    expect((await recordOf(page)).frames[0]).not.toHaveProperty('evaluation');
  });
});

describe('a norm over the batch in a causal model', () => {
  const leaks = (page: Opened) =>
    page.state().notices.filter(({ text }) => text.includes('this causal model leaks'));

  test('is warned of, once more when the leak is measured, and no more when it goes', async () => {
    const page = await ready({ hash: 'v=1&norm=batchnorm&b.norm=layernorm' });
    expect(leaks(page)).toMatchObject([
      {
        level: 'warning',
        about: 'a',
        text: 'BatchNorm’s statistics are over all tokens, so this causal model leaks: earlier tokens are told of later ones.',
      },
    ]);
    page.watchEvaluations();
    await evaluated(page);
    const measured = leaks(page);
    expect(measured).toHaveLength(1);
    expect(measured[0]!.text).toContain(
      'changing the last token moves earlier outputs by 27\u00A0% (batch statistics), 0\u00A0% (running statistics) at step 0.',
    );
    page.stepOnce();
    await page.atStep(1);
    await evaluated(page);
    expect(leaks(page)).toEqual(measured);
    page.setValue('norm', 'rmsnorm', ['a']);
    await page.until(() => leaks(page).length === 0);
  });

  test('is not warned of again after that was dismissed, nor where nothing is causal', async () => {
    const page = await ready({ hash: 'v=1&norm=batchnorm&b.causal=false' });
    expect(leaks(page).map(({ about }) => about)).toEqual(['a']);
    page.dismiss(leaks(page)[0]!.id);
    page.watchEvaluations();
    await evaluated(page);
    page.stepOnce();
    await page.atStep(1);
    await evaluated(page);
    expect(leaks(page)).toEqual([]);
    page.setValue('norm', 'layernorm', ['a']);
    await page.until(({ lanes }) => lanes[0]!.shown?.config.norm === 'layernorm');
    page.setValue('norm', 'batchnorm', ['a']);
    await page.until(() => leaks(page).length === 1);
  });
});

describe('whether evaluation shows', () => {
  const open = (page: Opened) => page.state().view.evaluation.open;

  test('is as it was left, unless a link says so', async () => {
    expect(open(await ready())).toBeNull();
    expect(open(await ready({ evaluationLeftOpen: () => true }))).toBe(true);
    const closed = { hash: 'v=1&view.evaluation=closed', evaluationLeftOpen: () => true };
    expect(open(await ready(closed))).toBe(false);
  });

  test('is in the link once somebody said it', async () => {
    const page = await ready();
    page.scope.actions.setView({ evaluation: { open: true } });
    expect(page.link()).toContain('view.evaluation=open');
    expect(page.address.hash()).toContain('view.evaluation=open');
    page.address.back();
    expect(open(page)).toBeNull();
  });
});
