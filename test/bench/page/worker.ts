import { createService, type Question } from '../service';

const answer = createService({
  async startOwn(backend) {
    const [{ chooseDevice }, { browserDevices }] = await Promise.all([
      import('../../../src/engine/device'),
      import('../../../src/engine/browserDevices'),
    ]);
    const device = await chooseDevice(backend, browserDevices);
    if (device.backend !== backend) throw new Error(device.reason);
  },
  async startPlain(backend) {
    await (await import('./tfjsBackend')).startTfjs(backend);
  },
});

addEventListener('message', ({ data }: MessageEvent<Question>) => {
  void answer(data).then((given) => {
    postMessage(given);
  });
});
