import { columnName, readTyped } from '../config/quantity';
import { reasonOf } from '../lib/reason';
import { shortened } from '../lib/words';
import { numberOf, read } from '../protocol/read';
import { recorded, type Recorded } from '../runs/record';
import { settled } from '../runs/settled';
import { engineStep, type Lane, type Scope, type ScopeStore } from '../runs/state';
import { wholePage } from '../views/header/whole';

/** The origin that may speak with the page; its own where the address names none. */
const hostOrigin = new URLSearchParams(location.search).get('origin') ?? location.origin;

/** The version of the interface, which every message names. */
const VERSION = 1;

interface Call {
  normscope: typeof VERSION;
  /** Of the answer too. */
  id: string | number;
  method: string;
  params?: Record<string, unknown>;
}

const stepOf = ({ lanes }: Scope) => Math.max(0, ...lanes.map(engineStep));

function laneIn({ lanes, recordings }: Scope, id: unknown): Lane {
  const all = [...lanes, ...recordings];
  const found = all.find((lane) => lane.id === String(id).toLowerCase());
  if (!found)
    throw new Error(
      `lane is “${shortened(String(id))}”; it must be one of ${all.map((lane) => lane.id).join(', ')}.`,
    );
  return found;
}

const told = (x: number | null): Recorded | null => (x === null ? null : recorded(x));

/** A quantity of the measurement on show: a value by layer, or one number. */
function reading(scope: Scope, { lane, quantity: typed }: Record<string, unknown>) {
  const quantity = readTyped(String(typed));
  if (!quantity)
    throw new Error(
      `quantity is “${shortened(String(typed))}”; it must be one such as rms@resid_post, entropy@attn or loss.`,
    );
  const { shown } = laneIn(scope, lane);
  if (!shown) throw new Error('This lane has measured nothing yet.');
  const { layers, embed, final } = read(shown, quantity);
  const values = layers.map(({ y }) => recorded(y));
  const number = numberOf(shown, quantity);
  if (!values.length && number === null)
    throw new Error(`This lane’s configuration has no ${columnName(quantity)}.`);
  const { step } = shown.frame;
  return number === null
    ? { step, layers: values, embed: told(embed), final: told(final) }
    : { step, value: recorded(number) };
}

function wholeStep(params: Record<string, unknown>): number {
  const { step } = params;
  if (Number.isSafeInteger(step) && Number(step) >= 0) return Number(step);
  throw new Error(`step is “${shortened(String(step))}”; it must be a whole number from 0 on.`);
}

function methodsOf(
  store: ScopeStore,
): Record<string, (params: Record<string, unknown>) => unknown> {
  const { actions, getState } = store;
  return {
    async setLink({ link }) {
      if (typeof link !== 'string')
        throw new Error('link must be a text: a link of Normscope, or what stands in one after #.');
      location.replace(`#${link.replace(/^[^#]*#/s, '')}`);
      await new Promise((moved) => setTimeout(moved));
      await settled(store);
      return { link: wholePage(actions.link()) };
    },
    link: () => ({ link: wholePage(actions.link()) }),
    play: () => void actions.play(),
    pause: () => void actions.pause(),
    step: () => void actions.stepOnce(),
    reset: () => void actions.reset(),
    trainTo: (params) => void actions.trainTo(wholeStep(params)),
    read: (params) => reading(getState(), params),
    state() {
      const { playing, lanes } = getState();
      return {
        step: stepOf(getState()),
        playing,
        lanes: lanes.map(({ id, config, engine }) => ({ id, config, status: engine.status })),
      };
    },
  };
}

const isCall = (data: unknown): data is Call => {
  const { normscope, id, method } = (data ?? {}) as Partial<Call>;
  const isNamed = typeof id === 'string' || typeof id === 'number';
  return normscope === VERSION && isNamed && typeof method === 'string';
};

/**
 * Answers the page whose frame this one stands in, and tells it of steps, links and alarms (docs/hosting.md). Messages of
 * other windows and origins are not heard.
 */
export function serveHost(store: ScopeStore): void {
  const host = window.parent;
  if (host === window) return;
  const methods = methodsOf(store);
  const say = (message: object) => host.postMessage({ normscope: VERSION, ...message }, hostOrigin);
  const tell = (event: string, data: object = {}) => say({ event, ...data });

  const answer = async ({ id, method, params = {} }: Call) => {
    try {
      if (!Object.hasOwn(methods, method))
        throw new Error(
          `method is “${shortened(method)}”; it must be one of ${Object.keys(methods).join(', ')}.`,
        );
      say({ id, result: (await methods[method]!(params)) ?? null });
    } catch (error) {
      say({ id, error: { message: reasonOf(error) } });
    }
  };
  window.addEventListener('message', ({ source, origin, data }: MessageEvent<unknown>) => {
    if (source === host && origin === hostOrigin && isCall(data)) void answer(data);
  });

  store.subscribe((now, before) => {
    if (now.playing !== before.playing) tell(now.playing ? 'play' : 'pause', { step: stepOf(now) });
    if (stepOf(now) !== stepOf(before)) tell('step', { step: stepOf(now) });
    for (const { id, alarms } of now.lanes) {
      const known = before.lanes.find((lane) => lane.id === id)?.alarms ?? [];
      for (const { step, sentence } of known === alarms ? [] : alarms.slice(known.length))
        tell('alarm', { lane: id, step, sentence });
    }
    const isChanged =
      now.view !== before.view ||
      now.lanes.some(({ config }, i) => config !== before.lanes[i]?.config) ||
      now.lanes.length !== before.lanes.length;
    if (isChanged) tell('link', { link: wholePage(store.actions.link()) });
  });
  tell('ready', { app: import.meta.env.APP_VERSION, methods: Object.keys(methods) });
}
