import { parentPort } from 'node:worker_threads';
import { createMember } from '../kernels/wasm/threads/member';

parentPort!.on(
  'message',
  createMember((ready) => {
    parentPort!.postMessage(ready);
  }),
);
