import { registerKernel } from '../kernel';
import { scratchOf } from '../wasm/module';
import { outputMomentsProgram } from '../webgpu/shaders/output';
import { written, type OUTPUT_MOMENTS } from './rows';

/** Rows of `assembly/loss.ts` and of `webgpu/shaders/output.ts`. */
const ROWS = written<typeof OUTPUT_MOMENTS>('logit_rms', 'output_entropy', 'accuracy', 'ece');

/**
 * `OUTPUT_MOMENTS` of the softmax over the vocabulary.
 * logits: [N, V], targets: [N] int32, −1 is not counted → [moments]
 */
export const outputKernel = registerKernel<'logits' | 'targets', object>({
  name: 'OutputMoments',
  shapes: () => [[ROWS]],
  wasm({ kernels, inputs: { logits, targets }, outputs: [out], shapes }) {
    const [N, V] = shapes.logits as [number, number];
    kernels.outputMoments(out!, logits, targets, N, V, scratchOf(8 * 15));
  },
  webgpu({ run, backend, inputs, outputs: [values], shapes }) {
    const sizes = shapes.logits as [number, number];
    run(outputMomentsProgram(backend, sizes, inputs, { values: values! }));
  },
});
