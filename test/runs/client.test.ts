import { afterEach, describe, expect, test, vi } from 'vitest';
import { DEFAULTS } from '../../src/config/fields';
import { connect } from '../../src/runs/client';
import { FakeWorker, type Behaviour } from './fakeEngine';

function connected(wrong: Partial<Behaviour> = {}) {
  const worker = new FakeWorker(wrong);
  const deaths: string[] = [];
  const client = connect(worker, (reason) => deaths.push(reason));
  return { worker, deaths, client };
}
const open = { backend: null };

describe('the client of an engine', () => {
  test('gets answers in the order of its questions', async () => {
    const { client, worker } = connected();
    const answers = await Promise.all([
      client.open(open),
      client.configure({ config: DEFAULTS, text: 'x' }),
      client.step(),
      client.step(),
    ]);
    expect(answers[0].backend).toBe('cpu');
    expect(answers[3].frame.step).toBe(1);
    expect(worker.behaviour.calls.map(({ method }) => method)).toEqual([
      'open',
      'configure',
      'step',
      'step',
    ]);
    expect(worker.transferred).toBe(2);
  });

  test('gets an engine’s error as its message, and goes on', async () => {
    const { client, deaths } = connected({ fails: new Map([['step', 'no step today']]) });
    await client.configure({ config: DEFAULTS, text: 'x' });
    await expect(client.step()).rejects.toThrow('no step today');
    expect((await client.probe()).frame.step).toBe(0);
    expect(deaths).toEqual([]);
  });

  test('hands the bytes of a file over whole, and copies a part of a larger buffer', async () => {
    const { client } = connected();
    await client.configure({ config: DEFAULTS, text: 'x' });
    const file = await client.saveWeights();
    const larger = new Uint8Array(file.length + 8);
    larger.set(file, 8);
    await client.loadWeights(larger.subarray(8));
    expect(larger.length).toBeGreaterThan(0);
    await client.loadWeights(file);
    expect(file.length).toBe(0);
  });

  test.each<[string, (worker: FakeWorker) => void, string]>([
    ['throws', (w) => w.die('Uncaught RangeError: out of memory.'), 'out of memory.'],
    ['cannot be loaded', (w) => w.die(), 'script could not be loaded'],
    ['cannot be understood', (w) => w.garble(), 'could not be read'],
  ])('rejects every call once the worker %s', async (_, kill, reason) => {
    const { client, worker, deaths } = connected({ hangs: new Set(['step']) });
    const waiting = [client.step(), client.probe()];
    kill(worker);
    for (const call of waiting) await expect(call).rejects.toThrow(reason);
    await expect(client.probe()).rejects.toThrow(reason);
    expect(deaths).toHaveLength(1);
    expect(worker.terminated).toBe(true);
  });

  test('that was disposed rejects what was asked and tells nobody of a death', async () => {
    const { client, deaths, worker } = connected({ hangs: new Set(['step']) });
    const waiting = client.step();
    client.dispose();
    await expect(waiting).rejects.toThrow('was ended');
    expect(deaths).toEqual([]);
    expect(worker.terminated).toBe(true);
  });

  test('hears how far a call is until that is answered, or the client disposed', async () => {
    let say: (data: unknown) => void = () => {};
    const worker = {
      addEventListener: (type: string, listener: (event: Event) => void) => {
        if (type === 'message') say = (data) => listener({ data } as MessageEvent);
      },
      postMessage: () => {},
      terminate: () => {},
    };
    const told: unknown[] = [];
    const client = connect(worker, vi.fn(), ({ done }) => told.push(done));
    const tell = (id: number, done: number) =>
      say({ id, progress: { phase: 'pass', done, of: 9 } });
    const first = client.probe();
    tell(0, 1);
    tell(0, 2);
    say({ id: 0, value: 'answer' });
    tell(0, 3);
    const second = client.probe();
    tell(0, 4);
    tell(1, 5);
    client.dispose();
    tell(1, 6);
    expect(await first).toBe('answer');
    await expect(second).rejects.toThrow('was ended');
    expect(told).toEqual([1, 2, 5]);
  });

  test('a message that cannot be sent is that call’s error alone', async () => {
    const { client } = connected();
    const unsendable = (() => 0) as unknown as string;
    await expect(client.configure({ config: DEFAULTS, text: unsendable })).rejects.toThrow();
    expect((await client.open(open)).backend).toBe('cpu');
  });
});

describe('patience', () => {
  afterEach(() => vi.useRealTimers());

  test('ends for a device that does not open, and for nothing else', async () => {
    vi.useFakeTimers();
    const { client, deaths } = connected({ hangs: new Set(['open']) });
    const opening = expect(client.open(open)).rejects.toThrow('20 seconds');
    await vi.advanceTimersByTimeAsync(19_999);
    expect(deaths).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    await opening;
    expect(deaths).toHaveLength(1);

    const other = connected({ hangs: new Set(['step']) });
    other.client.step().catch(() => undefined);
    await vi.advanceTimersByTimeAsync(600_000);
    expect(other.deaths).toEqual([]);
  });
});
