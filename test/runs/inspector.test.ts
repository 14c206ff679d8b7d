import { describe, expect, test } from 'vitest';
import { read } from '../../src/inspect/read';
import type { Channels, Looking } from '../../src/inspect/readings';
import type { Raw } from '../../src/protocol/raw';
import type { TensorReader } from '../../src/runs/inspector/line';
import type { Scope } from '../../src/runs/state';
import { openScope, pause, type Setup } from './openScope';

/** Reads in this thread, and remembers the tensors as the worker does. */
function readerHere() {
  let held: readonly (Raw | null)[] = [];
  const asked: { looking: Looking; isNew: boolean }[] = [];
  const reader: TensorReader = {
    read(looking, lanes) {
      asked.push({ looking, isNew: lanes !== undefined });
      held = lanes ?? held;
      return Promise.resolve(read(looking, held));
    },
    cancel: () => undefined,
  };
  return { reader, asked };
}

const open = (setup: Setup = {}) => {
  const { reader, asked } = readerHere();
  const page = openScope({
    hash: 'a.placement=pre&b.placement=post',
    ...setup,
    readTensors: reader,
  });
  const shows =
    (step: number | null, view = 'channels') =>
    ({ inspection: { step: at, reading, travel } }: Scope) =>
      at === step && reading?.view === view && travel === null;
  /** The size of a channel: the stand-in’s tensors have the step and its weights for numbers. */
  const sizes = () =>
    (page.state().inspection.reading as unknown as Channels).lanes.map((lane) => lane?.rms[0]);
  const calls = (method: string) =>
    page.workers.map(
      ({ behaviour }) => behaviour.calls.filter((call) => call.method === method).length,
    );
  return { ...page, asked, shows, sizes, calls };
};
const CHANNELS = { view: 'channels', place: 'blocks.1.resid_post' } as const;

describe('the inspector', () => {
  test('asks nothing while it is closed', async () => {
    const { ready, steps, calls } = open();
    await ready();
    await steps(2);
    expect(calls('inspect')).toEqual([0, 0]);
  });

  test('reads every lane at rest by one request each, and again after a step', async () => {
    const { ready, inspect, until, shows, steps, calls, sizes, state } = open();
    await ready();
    inspect(CHANNELS);
    await until(shows(0));
    expect(calls('inspect')).toEqual([1, 1]);
    expect(state().inspection.lanes.map(({ id }) => id)).toEqual(['a', 'b']);
    await steps(1);
    await until(shows(1));
    expect(calls('inspect')).toEqual([2, 2]);
    expect(sizes().every((size) => size! > 0.9)).toBe(true);
  });

  test('reads another token of the same tensors without asking the engines, and only where it matters', async () => {
    const { ready, inspect, until, shows, calls, asked } = open();
    await ready();
    inspect(CHANNELS);
    await until(shows(0));
    inspect({ token: 3 });
    await until(({ inspection }) => inspection.of?.token === 3);
    expect(calls('inspect')).toEqual([1, 1]);
    expect(asked.map(({ isNew }) => isNew)).toEqual([true]);
    inspect({ view: 'prediction' });
    await until(shows(0, 'prediction'));
    inspect({ token: 5 });
    await until(({ inspection }) => inspection.of?.token === 5);
    expect(calls('inspect')).toEqual([2, 2]);
    expect(asked.map(({ isNew }) => isNew)).toEqual([true, true, false]);
  });

  test('shows what was asked for last, whatever was under way', async () => {
    const slow = { delay: 60 };
    const { ready, inspect, until, shows, steps, state } = open({ engines: [slow, slow] });
    await ready();
    inspect({ ...CHANNELS, view: 'prediction' });
    await pause(200);
    inspect({ token: 4 });
    await until(
      ({ inspection }) => inspection.of?.token === 4 && inspection.step === 0,
      'the token asked for during the first look',
    );
    await steps(1);
    inspect({ token: 6 });
    await until(({ inspection }) => inspection.of?.token === 6 && inspection.step === 1);
    expect(shows(1, 'prediction')(state())).toBe(true);
  });

  test('goes along in training, at the steps that frames are of', async () => {
    const { ready, inspect, until, play, pause: rest, state, calls } = open();
    await ready();
    inspect(CHANNELS);
    play();
    await until(({ inspection }) => (inspection.step ?? 0) > 3);
    const { step } = state().inspection;
    await until(({ inspection }) => inspection.step! > step!);
    rest();
    await until(
      ({ inspection, lanes, playing }) =>
        !playing && inspection.step === lanes[0]!.shown!.frame.step,
      'the step at which training came to rest',
    );
    const [a, b] = calls('inspect');
    expect(a).toBe(b);
    // Now and then, and not at every step.
    expect(a).toBeLessThan(calls('step')[0]! / 2 + 3);
  });

  test('goes to a step of the past by an engine of its own, exactly, and lanes stay', async () => {
    const page = open();
    const { ready, inspect, until, shows, steps, showMoment, calls, lane, sizes } = page;
    await ready();
    inspect(CHANNELS);
    await until(shows(0));
    await steps(2);
    await until(shows(2));
    const then = sizes();
    await steps(3);
    await until(shows(5));
    showMoment(2);
    await until(shows(2));
    expect(sizes()).toEqual(then);
    expect(lane('a').engine.latest!.frame.step).toBe(5);
    expect(calls('restore').slice(0, 2)).toEqual([0, 0]);
    expect(page.state().inspection.remarks).toEqual([]);
    expect(page.workers).toHaveLength(3);
  });

  test('keeps lanes apart where another place is asked for on the way to the past', async () => {
    const page = open({ engines: [{}, {}, { delay: 30 }] });
    const { ready, inspect, until, shows, steps, showMoment, sizes } = page;
    await ready();
    inspect(CHANNELS);
    await steps(3);
    await until(shows(3));
    const then = sizes();
    await steps(2);
    await until(shows(5));
    showMoment(3);
    for (let i = 0; i < 6; i++) {
      await pause(90);
      inspect({ place: `blocks.${i % 2}.resid_post` });
    }
    await until(shows(3));
    expect(sizes()).toEqual(then);
  });

  test('ends a way to the past when asked, and takes another', async () => {
    const page = open({ engines: [{}, {}, { delay: 40 }] });
    const { ready, inspect, until, shows, steps, showMoment, cancelInspection, state } = page;
    await ready();
    inspect(CHANNELS);
    await steps(4);
    await until(shows(4));
    showMoment(2);
    await until(({ inspection }) => inspection.travel !== null, 'the way');
    cancelInspection();
    await pause(400);
    expect(state().inspection.travel).toBeNull();
    inspect({ view: 'distribution' });
    await until(shows(2, 'distribution'));
  });

  test('says that a held step’s run has ended', async () => {
    const { ready, inspect, until, shows, steps, holdInspector, reset, setValue, state } = open();
    await ready();
    inspect(CHANNELS);
    await steps(2);
    await until(shows(2));
    holdInspector(true);
    reset();
    await until(({ lanes }) => lanes.every(({ shown }) => shown?.frame.step === 0));
    setValue('seed', 5);
    await steps(3);
    inspect({ view: 'distribution' });
    await until(({ inspection }) => inspection.of?.view === 'distribution');
    const texts = state().inspection.remarks.map(({ text }) => text);
    expect(texts).toEqual(Array(2).fill('The run that this step was of has ended.'));
  });

  test('stays at its step while it is held, in another view too', async () => {
    const { ready, inspect, until, shows, steps, holdInspector, state } = open();
    await ready();
    inspect(CHANNELS);
    await until(shows(0));
    holdInspector(true);
    await steps(2);
    await pause(300);
    expect(state().inspection.step).toBe(0);
    inspect({ view: 'distribution' });
    await until(shows(0, 'distribution'));
    holdInspector(false);
    await until(shows(2, 'distribution'));
  });

  test('says why a lane has nothing, and shows the others', async () => {
    const { ready, inspect, until, shows, state } = open({
      engines: [{}, { fails: new Map([['inspect', 'The device has no memory left.']]) }],
    });
    await ready();
    inspect(CHANNELS);
    await until(shows(0));
    const { remarks, reading } = state().inspection;
    expect(remarks).toEqual([{ lane: 'b', text: 'The device has no memory left.' }]);
    expect((reading as unknown as Channels).lanes.map((lane) => lane !== null)).toEqual([
      true,
      false,
    ]);
  });

  test('is in the link, and opens from it', async () => {
    const first = open();
    await first.ready();
    first.inspect(CHANNELS);
    const hash = first.link().split('#')[1]!;
    expect(decodeURIComponent(hash)).toContain('inspect=channels/blocks.1.resid_post/a/0.0.0');
    const second = open({ hash });
    await second.until(second.shows(0));
  });

  test('forgets everything when it is closed', async () => {
    const { ready, inspect, until, shows, state } = open();
    await ready();
    inspect(CHANNELS);
    await until(shows(0));
    inspect(null);
    expect(state().inspection.reading).toBeNull();
    expect(state().view.inspect).toBeNull();
  });
});
