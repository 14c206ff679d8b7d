import { registerKernel } from '../kernel';
import { modalityRmsProgram } from '../webgpu/shaders/modalityRms';

/**
 * Root mean squares of up to `mostTogether` tensors x0, x1, … of one shape, [B, T, D], over the tokens t ≡ 0, 1, …
 * (mod modalities) apart. → [tensors, modalities]
 */
export const modalityRmsKernel = registerKernel<string, { modalities: number }>({
  name: 'ModalityRms',
  shapes: (inputs, { modalities }) => [[Object.keys(inputs).length, modalities]],
  wasm({ kernels, inputs, outputs: [values], shapes, attributes: { modalities } }) {
    const [B, T, D] = shapes['x0'] as [number, number, number];
    Object.values(inputs).forEach((x, i) => {
      kernels.modalityRms(values! + 4 * i * modalities, x, B, T, D, modalities);
    });
  },
  webgpu({ run, backend, inputs, outputs: [values], shapes, attributes: { modalities } }) {
    const shape = shapes['x0'] as [number, number, number];
    run(modalityRmsProgram(backend, Object.values(inputs), shape, modalities, values!));
  },
});
