import { browserDevices } from '../../engine/browserDevices';
import { chooseDevice } from '../../engine/device';
import { living } from '../../engine/living';
import { shaderBackend } from '../../kernels/kernel';
import { explained, watch } from '../../kernels/webgpu/failures';
import { reasonOf } from '../../lib/reason';
import type { Errand, Errands, Report } from '../errands';
import { createRunner } from './runner';

const runner = createRunner();
let text = '';
/** Done when runs may go on; null while they may. */
let resting: Promise<void> | null = null;
let wake = () => {};

const tell = (report: Report) => postMessage(report);

const errands = (id: number): Errands => ({
  async open(backend) {
    const report = await chooseDevice(backend, browserDevices);
    const device = shaderBackend()?.device;
    // An error that nobody catches ends the worker, and the page hears why.
    if (device) watch(device, (message) => reportError(new Error(message)));
    await living;
    return report;
  },
  run(task) {
    text = task.text ?? text;
    return runner.run(task.sweep, task.run, {
      text,
      tell: (progress) => tell({ id, progress }),
      rest: async () => {
        while (resting) await resting;
      },
    });
  },
  time(task) {
    text = task.text ?? text;
    return runner.time(task.run, text);
  },
  async rest(isResting) {
    if (!isResting) {
      resting = null;
      wake();
    } else resting ??= new Promise((resolve) => (wake = resolve));
  },
});

addEventListener('message', ({ data }: MessageEvent<Errand>) => {
  const { id, method, args } = data;
  const call = errands(id)[method] as (...args: unknown[]) => Promise<unknown>;
  call(...args).then(
    (value) => tell({ id, value }),
    async (error: unknown) =>
      tell({ id, error: reasonOf(await explained(error, shaderBackend()?.device)) }),
  );
});
