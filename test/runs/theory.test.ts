import { afterEach, expect, test } from 'vitest';
import type { Config } from '../../src/config/fields';
import { estimate } from '../../src/runs/theory/answer';
import { predictorBehind, type Predictor } from '../../src/runs/theory/line';
import type { LaneId } from '../../src/runs/state';
import type { Prediction } from '../../src/theory/predict';
import { FakeWorker } from './fakeEngine';
import { openScope, pause, type Setup } from './openScope';

/** A predictor that answers when it is told to. */
function byHand() {
  const asked: {
    config: Config;
    text: string | null;
    isInHaste: boolean;
    answer(prediction: Prediction, isRough?: boolean): void;
    fail(reason: string): void;
  }[] = [];
  /** Lines that were ended. */
  let ended = 0;
  const predictor = (): Predictor => {
    let fail: (reason: Error) => void = () => undefined;
    return {
      predict: (config, text, isInHaste) =>
        new Promise((resolve, reject) => {
          fail = reject;
          asked.push({
            ...{ config, text, isInHaste },
            answer: (prediction, isRough = false) => resolve({ prediction, isRough }),
            fail: (reason) => reject(new Error(reason)),
          });
        }),
      cancel() {
        ended++;
        fail(new Error('It was called off.'));
      },
    };
  };
  return { asked, predictor, ended: () => ended };
}
const predictionWith = (value: number): Prediction => ({
  quantities: { 'resid_post/rms': [value, value] },
  assumptions: [],
});

let close: () => void = () => undefined;
afterEach(() => close());

async function opened(hash: string, setup: Setup = {}) {
  const hand = byHand();
  const page = openScope({ hash, predictor: hand.predictor, ...setup });
  close = () => page.scope.dispose();
  await page.ready();
  const asked = (count: number) =>
    expect.poll(() => hand.asked.length, { timeout: 5000 }).toBe(count);
  const predicted = (id: LaneId) =>
    page.state().theory.lanes[id]?.prediction?.quantities['resid_post/rms']?.[0];
  return { page, ...hand, until: asked, predicted };
}

test('nothing is predicted before theory is asked for; then every lane by the configuration that it shows', async () => {
  const { page, asked, until, predicted } = await opened('v=1&task=random');
  expect(asked).toHaveLength(0);
  page.scope.actions.setView({ theory: 'on' });
  await until(2);
  expect(asked.map(({ config }) => config.placement)).toEqual(['pre', 'post']);
  asked[0]!.answer(predictionWith(1));
  await expect.poll(() => predicted('a')).toBe(1);
  asked[1]!.answer(predictionWith(2));
  await expect.poll(() => predicted('b')).toBe(2);
  expect(page.address.hash()).toContain('view.theory=on');

  page.address.back();
  await page.until(({ theory }) => Object.keys(theory.lanes).length === 0);
});

test('of what is asked for meanwhile the newest is predicted, and what was predicted is not again', async () => {
  const { page, asked, until, predicted } = await opened('v=1&lanes=1&task=random&view.theory=on');
  await until(1);
  const shownWith = (init_gain: number) =>
    page.until(({ lanes }) => lanes[0]!.shown?.config.init_gain === init_gain);
  for (const gain of [1.1, 1.2, 1.3]) {
    page.setValue('init_gain', gain);
    await shownWith(gain);
  }
  asked[0]!.answer(predictionWith(1));
  // It is shown, so that theory moves while a slider does.
  await expect.poll(() => predicted('a')).toBe(1);
  await until(2);
  expect(asked[1]!.config.init_gain).toBe(1.3);
  asked[1]!.answer(predictionWith(1.3));
  await expect.poll(() => predicted('a')).toBe(1.3);
  page.setValue('init_gain', 1);
  await shownWith(1);
  await expect.poll(() => predicted('a')).toBe(1);
  expect(asked).toHaveLength(2);
});

test('a rough prediction is made in full once nothing changes, and stands where that is called off', async () => {
  const { page, asked, until, predicted } = await opened('v=1&task=random&view.theory=on');
  await until(2);
  for (const i of [0, 1]) {
    expect(asked[i]!.isInHaste).toBe(true);
    asked[i]!.answer(predictionWith(i), true);
  }
  await until(4);
  expect(asked.slice(2).map(({ isInHaste }) => isInHaste)).toEqual([false, false]);
  asked[2]!.answer(predictionWith(10));
  await expect.poll(() => predicted('a')).toBe(10);
  await page.until(({ theory }) => theory.slow.includes('b'));
  page.scope.actions.cancelTheory();
  await page.until(({ theory }) => theory.slow.length === 0);
  await pause(400);
  expect(asked).toHaveLength(4);
  expect(predicted('b')).toBe(1);
});

test('in haste fewer tokens of a long batch are looked at, and of a short one all', () => {
  const page = openScope({
    hash: 'v=1&task=random&n_layers=2&seq_len=32&batch_size=8&init_gain=1.2',
  });
  const { config } = page.state().lanes[0]!;
  page.scope.dispose();
  const [full, rough] = [false, true].map((isInHaste) => estimate(config, '', isInHaste));
  expect([full!.isRough, rough!.isRough]).toEqual([false, true]);
  const rmsOf = ({ prediction }: typeof full & object) =>
    prediction.quantities['resid_post/rms']![1]!;
  expect(rmsOf(rough!)).not.toBe(rmsOf(full!));
  expect(Math.abs(rmsOf(rough!) / rmsOf(full!) - 1)).toBeLessThan(0.05);
  expect(estimate({ ...config, batch_size: 2 }, '', true).isRough).toBe(false);
  // Of sequences so long, one is all that a prediction in full looks at, too.
  expect(estimate({ ...config, seq_len: 72 }, '', true).isRough).toBe(false);
});

test('a prediction in full that ended for another setting is made when the lane is back', async () => {
  const { page, asked, until, predicted } = await opened('v=1&lanes=1&task=random&view.theory=on');
  await until(1);
  asked[0]!.answer(predictionWith(1), true);
  await until(2);
  await page.until(({ theory }) => theory.slow.includes('a'));
  page.setValue('init_gain', 2);
  await until(3);
  asked[2]!.answer(predictionWith(2));
  await expect.poll(() => predicted('a')).toBe(2);
  page.setValue('init_gain', 1);
  await until(4);
  expect(asked[3]).toMatchObject({ isInHaste: false, config: { init_gain: 1 } });
});

test('a prediction that ended with theory is made when theory is back, and not told as a failure', async () => {
  const { page, asked, until } = await opened('v=1&lanes=1&task=random&view.theory=on');
  await until(1);
  page.scope.actions.setView({ theory: 'off' });
  page.scope.actions.setView({ theory: 'on' });
  await until(2);
  expect(page.state().theory.lanes.a).toBeUndefined();
  asked[1]!.answer(predictionWith(1), true);
  await until(3);
  page.scope.actions.setView({ theory: 'off' });
  await pause();
  page.scope.actions.setView({ theory: 'on' });
  await until(4);
  expect(asked[3]!.isInHaste).toBe(false);
});

test('a lane that is gone leaves nothing to the next one of its letter', async () => {
  const { page, asked, until, predicted, ended } = await opened('v=1&task=random&view.theory=on');
  await until(2);
  asked[0]!.answer(predictionWith(1));
  asked[1]!.answer(predictionWith(2), true);
  await expect.poll(() => predicted('b')).toBe(2);
  await until(3);
  await page.until(({ theory }) => theory.slow.includes('b'));
  page.removeLane('b');
  await page.until(({ theory }) => !theory.lanes.b && !theory.slow.includes('b'));
  expect(ended()).toBe(1);
  page.addLane();
  page.setValue('init_gain', 2, ['b']);
  await page.until(({ lanes }) => lanes[1]?.shown?.config.init_gain === 2);
  await expect.poll(() => asked.some(({ config }) => config.init_gain === 2)).toBe(true);
  expect(predicted('b')).toBeUndefined();
  expect(page.state().theory.slow).not.toContain('b');
});

test('a desk that is gone asks for no picture', async () => {
  const { page, asked, until } = await opened('v=1&lanes=1&task=random&view.theory=on');
  await until(1);
  await page.until(({ theory }) => theory.slow.includes('a'));
  const before = page.state().theory;
  page.scope.dispose();
  asked[0]!.fail('too late');
  await pause(50);
  expect(page.state().theory).toBe(before);
});

test('another text is predicted anew, with that text', async () => {
  const { page, asked, until } = await opened('v=1&lanes=1&task=text&view.theory=on');
  await until(1);
  expect(asked[0]!.text).toBe('to be or not to be');
  asked[0]!.answer(predictionWith(1));
  await page.setText({ name: 'mine', content: 'another text' });
  await until(2);
  expect(asked[1]!.text).toBe('another text');
  // The prediction of the text before stays meanwhile, and is known to be that.
  await page.until(({ theory }) => theory.edition === theory.lanes.a!.edition! + 1);
  asked[1]!.answer(predictionWith(2));
  await page.until(({ theory }) => theory.lanes.a!.edition === theory.edition);
});

test('a measurement of the text before is not held against the theory of the next', async () => {
  const answersAtOnce: Predictor = {
    predict: (_, text) =>
      Promise.resolve({ prediction: predictionWith(text!.length), isRough: false }),
    cancel: () => undefined,
  };
  const { page } = await opened('v=1&lanes=1&task=text&view.theory=on', {
    predictor: () => answersAtOnce,
  });
  await page.until(({ theory }) => theory.lanes.a !== undefined);
  const { shown: before } = page.lane('a');
  const held = new Set<unknown>();
  page.scope.subscribe(({ theory: { lanes, edition } }) => {
    if (edition === 2 && lanes.a?.edition === 2) held.add(lanes.a.measured);
  });
  await page.setText({ name: 'mine', content: 'another text' });
  await expect.poll(() => held.size).toBeGreaterThan(0);
  expect(held).not.toContain(before);
  expect(held).toContain(page.lane('a').shown);
});

test('a failure is told of its lane, and tried again when theory is asked for again', async () => {
  const { page, asked, until } = await opened('v=1&lanes=1&task=random&view.theory=on');
  await until(1);
  asked[0]!.fail('no memory');
  await page.until(({ theory }) => theory.lanes.a?.error === 'no memory');
  page.scope.actions.setView({ theory: 'off' });
  page.scope.actions.setView({ theory: 'ratio' });
  await until(2);
});

test('a prediction that takes over a second is named, and ends when it is called off', async () => {
  const { page, until } = await opened('v=1&lanes=1&task=random&view.theory=on');
  await until(1);
  await page.until(({ theory }) => theory.slow.includes('a'));
  page.scope.actions.cancelTheory();
  await page.until(
    ({ theory }) => theory.slow.length === 0 && theory.lanes.a?.error === 'It was called off.',
  );
});

test('a slow prediction ends for a newer one', async () => {
  const { page, asked, until, predicted } = await opened('v=1&lanes=1&task=random&view.theory=on');
  await until(1);
  await page.until(({ theory }) => theory.slow.includes('a'));
  page.setValue('init_gain', 2);
  await until(2);
  expect(asked[1]!.config.init_gain).toBe(2);
  expect(page.state().theory.lanes.a).toBeUndefined();
  asked[1]!.answer(predictionWith(2));
  await expect.poll(() => predicted('a')).toBe(2);
});

test('a run out of a file is predicted where the file has all settings of its model', async () => {
  const { page, asked, until } = await opened('v=1&lanes=1&n_layers=2&task=random&view.theory=on');
  await until(1);
  asked[0]!.answer(predictionWith(1));
  const record = await page.recordOf('a');
  await page.openFile(new File([record], 'mine.json'));
  await page.until(({ theory }) => theory.lanes.b?.prediction !== undefined);
  expect(page.state().theory.lanes.b!.prediction).toEqual(predictionWith(1));
  const columns = 'step,loss,blocks.0.resid_post/rms,blocks.1.resid_post/rms\n0,4,1,2\n';
  await page.openFile(new File([columns], 'another.csv'));
  await page.until(({ theory }) => theory.lanes.c !== undefined);
  expect(page.state().theory.lanes.c!.error).toBe(INCOMPLETE);
  expect(asked).toHaveLength(1);
});

const INCOMPLETE = 'its file does not hold all settings of the model.';
/** A record with other settings, or of another program. */
const rewritten = (record: string, change: (record: { config: object; app?: string }) => void) => {
  const parsed = JSON.parse(record) as { config: object; app?: string };
  change(parsed);
  return new File([JSON.stringify(parsed)], 'mine.json');
};

test('a record of an app that had fewer settings is predicted; one of another program is not', async () => {
  const { page, asked, until } = await opened('v=1&lanes=1&n_layers=2&task=random&view.theory=on');
  await until(1);
  asked[0]!.answer(predictionWith(1));
  const record = await page.recordOf('a');
  const without = ({ config }: { config: object }) =>
    void Reflect.deleteProperty(config, 'token_correlation');
  await page.openFile(rewritten(record, without));
  await page.until(({ theory }) => theory.lanes.b !== undefined);
  expect(page.state().theory.lanes.b!.prediction).toEqual(predictionWith(1));
  await page.openFile(
    rewritten(record, (record) => {
      without(record);
      delete record.app;
    }),
  );
  await page.until(({ theory }) => theory.lanes.c !== undefined);
  expect(page.state().theory.lanes.c!.error).toBe(INCOMPLETE);
});

test('a run out of a file that takes the place of another is told by its own settings', async () => {
  const { page } = await opened('v=1&lanes=1&n_layers=2&task=random&view.theory=on');
  const record = await page.recordOf('a');
  const ofWidth = (d_model: number) =>
    rewritten(record, (record) => {
      record.config = { n_layers: 2, d_model };
      delete record.app;
    });
  await page.openFile(ofWidth(32));
  await page.until(({ theory }) => theory.lanes.b?.config.d_model === 32);
  await page.openFile(ofWidth(128));
  await page.until(({ theory }) => theory.lanes.c?.config.d_model === 128);
  const [b, c] = page.state().recordings;
  page.scope.setState({ recordings: [{ ...c!, id: 'b' }] });
  await page.until(({ theory }) => theory.lanes.b?.config.d_model === 128);
  const { lanes } = page.state().theory;
  expect(lanes.b!.measured).toBe(c!.shown);
  expect(lanes.b!.measured).not.toBe(b!.shown);
  expect(lanes.c).toBeUndefined();
});

test('the worker is given a text once, and a new one after it was called off', async () => {
  const workers: FakeWorker[] = [];
  const questions: { text?: string | null }[] = [];
  const predictor = predictorBehind(() => {
    const worker = new FakeWorker();
    worker.postMessage = (message) => void questions.push(message as { text?: string | null });
    workers.push(worker);
    return worker;
  });
  const { page } = await opened('v=1&lanes=1');
  const { config } = page.lane('a');
  void predictor.predict(config, 'one', true).catch(() => undefined);
  const second = predictor.predict(config, 'one', true);
  expect(questions.map(({ text }) => text)).toEqual(['one', undefined]);
  const refused = expect(second).rejects.toThrow('It was called off.');
  predictor.cancel();
  await refused;
  void predictor.predict(config, 'one', true).catch(() => undefined);
  expect(workers).toHaveLength(2);
  expect(questions.at(-1)!.text).toBe('one');
  predictor.cancel();
});

test('a batch that is not known is an assumption that fails, and nothing is made up', () => {
  const hand = openScope({ hash: 'v=1&task=text&n_layers=2&d_model=128&seq_len=8' });
  const { config } = hand.state().lanes[0]!;
  hand.scope.dispose();
  const failing = (text: string | null) =>
    estimate(config, text)
      .prediction.assumptions.filter(({ holds }) => !holds)
      .map(({ id }) => id);
  expect(failing(null)).toContain('tokens');
  expect(failing('the quick brown fox jumps over the lazy dog')).not.toContain('tokens');
  expect(() => estimate(config, '')).toThrow('The text is empty');
});
