import { createMember, type Order } from '../kernels/wasm/threads/member';

const tell = createMember((ready) => {
  postMessage(ready);
});
addEventListener('message', ({ data }: MessageEvent<Order>) => {
  tell(data);
});
