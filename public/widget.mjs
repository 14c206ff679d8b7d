/**
 * Normscope inside another page or a notebook (docs/hosting.md).
 *
 *     import { embed } from './widget.mjs';
 *     const scope = await embed(element, { app: 'https://example.org/normscope/', link: 'v=1&n_layers=6' });
 *     scope.on('step', ({ step }) => …);
 *     await scope.call('trainTo', { step: 100 });
 *
 * Its default export is a widget of anywidget, `render({ model, el })`.
 */
const VERSION = 1;

/**
 * @param {HTMLElement} element the frame is its last child
 * @param {object} options
 * @param {string} options.app the address of the app: this file may come from a blob, which has none
 * @param {string} [options.link] the page that it opens with: a link of Normscope, or what stands in one after #
 * @param {number|string} [options.height] of the frame, in px, or as CSS has it
 * @param {string} [options.title] of the frame, for screen readers
 * @returns {Promise<{ frame: HTMLIFrameElement, call: Function, on: Function, dispose: Function }>} once its first
 *   measurement is there
 */
export async function embed(element, options) {
  const { app, link = '', height = 480, title = 'Normscope' } = options;
  const address = new URL(app, document.baseURI);
  address.searchParams.set('embed', '1');
  address.searchParams.set('origin', location.origin);
  address.hash = link.replace(/^[^#]*#/s, '');

  const frame = document.createElement('iframe');
  frame.title = title;
  frame.src = address.href;
  frame.allow = 'cross-origin-isolated; clipboard-write; fullscreen';
  frame.style.cssText = 'display: block; width: 100%; border: 0';
  frame.style.height = typeof height === 'number' ? `${height}px` : height;

  const calls = new Map();
  const listeners = new Map();
  let count = 0;
  let isReady;
  const ready = new Promise((done) => (isReady = done));

  const hear = ({ source, origin, data }) => {
    if (source !== frame.contentWindow || origin !== address.origin) return;
    if (data?.normscope !== VERSION) return;
    if (data.event === 'ready') isReady(data);
    if (data.event) for (const listener of listeners.get(data.event) ?? []) listener(data);
    const call = calls.get(data.id);
    if (!call) return;
    calls.delete(data.id);
    if (data.error) call.reject(new Error(data.error.message));
    else call.resolve(data.result);
  };
  window.addEventListener('message', hear);
  element.append(frame);
  await ready;

  return {
    frame,
    /** The answer of a method: setLink, link, play, pause, step, reset, trainTo, read, state. */
    call(method, params = {}) {
      const id = ++count;
      return new Promise((resolve, reject) => {
        calls.set(id, { resolve, reject });
        frame.contentWindow.postMessage({ normscope: VERSION, id, method, params }, address.origin);
      });
    },
    /** Calls `listener` at every step, link, play, pause or alarm; returns the way to stop. */
    on(event, listener) {
      if (!listeners.has(event)) listeners.set(event, new Set());
      listeners.get(event).add(listener);
      return () => listeners.get(event).delete(listener);
    },
    dispose() {
      window.removeEventListener('message', hear);
      frame.remove();
    },
  };
}

/**
 * A widget of anywidget. Traits: `app`, `height`; `link`, `playing` and `step`, which go both ways; `read`, a list of
 * { lane, quantity } whose numbers stand in `readings` after each step.
 */
async function render({ model, el }) {
  const scope = await embed(el, {
    app: model.get('app'),
    link: model.get('link') ?? '',
    height: model.get('height') ?? 480,
  });
  let isOwn = false;
  const put = (values) => {
    isOwn = true;
    for (const [key, value] of Object.entries(values)) model.set(key, value);
    model.save_changes();
    isOwn = false;
  };
  const readAll = async () => {
    const wanted = model.get('read') ?? [];
    if (!wanted.length) return;
    const readings = await Promise.all(
      wanted.map((one) =>
        scope.call('read', one).then(
          (reading) => ({ ...one, ...reading }),
          (error) => ({ ...one, error: error.message }),
        ),
      ),
    );
    put({ readings });
  };
  let next = null;
  /** At most four times a second, and at rest in the end. */
  const readSoon = () => (next ??= setTimeout(() => ((next = null), void readAll()), 250));

  scope.on('step', ({ step }) => (put({ step }), readSoon()));
  scope.on('link', ({ link }) => (put({ link }), readSoon()));
  for (const event of ['play', 'pause']) scope.on(event, () => put({ playing: event === 'play' }));
  const heard = {
    'change:link': () => scope.call('setLink', { link: model.get('link') }),
    'change:playing': () => scope.call(model.get('playing') ? 'play' : 'pause'),
    'change:step': () => scope.call('trainTo', { step: model.get('step') }),
    'change:read': readAll,
  };
  for (const [event, change] of Object.entries(heard)) {
    heard[event] = () => !isOwn && void change();
    model.on(event, heard[event]);
  }
  await readAll();
  return () => {
    clearTimeout(next);
    for (const [event, listener] of Object.entries(heard)) model.off(event, listener);
    scope.dispose();
  };
}

export default { render };
