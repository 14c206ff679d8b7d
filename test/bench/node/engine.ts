/**
 * An engine of the benchmark in a process of its own. It begins by telling its parent which adapter Dawn finds,
 * or null, and then answers what it is asked.
 */
import { openGPU, preload } from '../../support/vulkan';
import { describeAdapter } from '../adapter';
import type { Question } from '../service';

const { NORMSCOPE_LOADER: loader } = process.env;
if (loader) preload(loader);
// Before any library is loaded: the counters are put on the methods of this GPU.
const gpu = await openGPU();
const { createService } = await import('../service');

async function startTfjs(): Promise<void> {
  const tf = await import('@tensorflow/tfjs-core');
  if (!(await tf.setBackend('webgpu'))) throw new Error('TensorFlow.js has no webgpu here.');
  await tf.ready();
}

const answer = createService({
  async startOwn() {
    // TensorFlow.js as Node loads it, with the gradients of all operations.
    await import('../../../src/engine/nodeBackend');
    const { registerWebGPU } = await import('../../../src/kernels/webgpu/open');
    registerWebGPU(gpu);
    await startTfjs();
  },
  async startPlain() {
    await import('@tensorflow/tfjs');
    await import('@tensorflow/tfjs-backend-webgpu');
    await startTfjs();
  },
});

process.on('message', (question: Question) => {
  void answer(question).then((given) => process.send!(given));
});
// Dawn else keeps the process alive when its parent was stopped.
process.on('disconnect', () => process.exit());
process.send!(await describeAdapter(gpu));
