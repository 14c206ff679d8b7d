import type { Tensor, Tensor1D, Tensor2D, TensorInfo } from '@tensorflow/tfjs-core';
import { differentiable } from '../differentiable';
import { registerKernel, type WebGPUCall } from '../kernel';
import { listed, numbered } from '../numbered';
import {
  roundedSpectralPrograms,
  spectralGradientPrograms,
  spectralPrograms,
  type SpectralSizes,
} from '../webgpu/shaders/spectral';

/** A matrix, [I, O], its scale γ, [1], and about its right singular vector, [O]. */
export interface Spectral {
  w: Tensor2D;
  gamma: Tensor1D;
  u: Tensor1D;
}

const sizesOf = (shapes: Record<string, readonly number[]>): SpectralSizes => {
  const [I, O] = shapes['w0'] as [number, number];
  return { n: listed('w', shapes).length, I, O };
};

type Call = WebGPUCall<string, object>;

/** Tensors of one size, one after the other: a shader has no room for as many as there are matrices. */
function gathered({ backend, scratch }: Call, tensors: TensorInfo[]): TensorInfo {
  const size = tensors[0]!.shape.reduce((size, d) => size * d, 1);
  const all = scratch([tensors.length, size]);
  tensors.forEach((tensor, i) => {
    backend.copy(tensor, 0, all, i * size, size);
  });
  return all;
}
function scattered({ backend }: Call, all: TensorInfo, tensors: TensorInfo[]) {
  const size = tensors[0]!.shape.reduce((size, d) => size * d, 1);
  tensors.forEach((tensor, i) => {
    backend.copy(all, i * size, tensor, 0, size);
  });
}

/** Each matrix as it acts, and each new u; of all together u, [n, O], v, [n, I], and σ, [n]. */
const forward = registerKernel<string, object>({
  name: 'Spectral',
  rounds: 'operations',
  roundsOn: ['webgpu'],
  shapes: (shapes) => {
    const { n, I, O } = sizesOf(shapes);
    return [...listed('w', shapes), ...listed('u', shapes), [n, O], [n, I], [n]];
  },
  wasm({ kernels, inputs, outputs, shapes }) {
    const { n, I, O } = sizesOf(shapes);
    const [us, vs, sigmas] = outputs.slice(2 * n) as [number, number, number];
    for (let i = 0; i < n; i++) {
      const [u, v] = [us + 4 * i * O, vs + 4 * i * I];
      const [w, gamma, kept] = [inputs[`w${i}`]!, inputs[`gamma${i}`]!, inputs[`u${i}`]!];
      kernels.spectral(outputs[i]!, u, v, sigmas + 4 * i, w, gamma, kept, I, O);
      kernels.copy(outputs[n + i]!, u, 4 * O);
    }
  },
  webgpu(call) {
    const { run, rounds, scratch, backend, inputs, outputs, shapes } = call;
    const sizes = sizesOf(shapes);
    const { n, I, O } = sizes;
    const [u, v, sigma] = outputs.slice(2 * n) as [TensorInfo, TensorInfo, TensorInfo];
    const [w, gamma, kept] = (['w', 'gamma', 'u'] as const).map((name) =>
      gathered(call, listed(name, inputs)),
    ) as [TensorInfo, TensorInfo, TensorInfo];
    const [y, left, right] = [scratch([n, I, O]), scratch([n, I]), scratch([n, O])];
    const tensors = { w, gamma, kept, left, right, u, v, sigma, y };
    const programs = rounds ? roundedSpectralPrograms : spectralPrograms;
    programs(backend, sizes, tensors).forEach(run);
    scattered(call, y, outputs.slice(0, n));
    scattered(call, u, outputs.slice(n, 2 * n));
  },
});

/** Of each matrix its gradient, and of each γ its own. */
const gradient = registerKernel<string, object>({
  name: 'SpectralGradient',
  rounds: 'operations',
  roundsOn: ['webgpu'],
  shapes: (shapes) => [...listed('w', shapes), ...listed('gamma', shapes)],
  wasm({ kernels, inputs, outputs, shapes }) {
    const { n, I, O } = sizesOf(shapes);
    for (let i = 0; i < n; i++) {
      const [dy, w, gamma] = [inputs[`dy${i}`]!, inputs[`w${i}`]!, inputs[`gamma${i}`]!];
      const [v, u] = [inputs['v']! + 4 * i * I, inputs['u']! + 4 * i * O];
      const sigma = inputs['sigma']! + 4 * i;
      kernels.spectralGradient(outputs[i]!, outputs[n + i]!, dy, w, gamma, u, v, sigma, I, O);
    }
  },
  webgpu(call) {
    const { run, scratch, backend, inputs, outputs, shapes } = call;
    const sizes = sizesOf(shapes);
    const { n, I, O } = sizes;
    const [dy, w, gamma] = (['dy', 'w', 'gamma'] as const).map((name) =>
      gathered(call, listed(name, inputs)),
    ) as [TensorInfo, TensorInfo, TensorInfo];
    const { u, v, sigma } = inputs as Record<'u' | 'v' | 'sigma', TensorInfo>;
    const [dw, dgamma, along] = [scratch([n, I, O]), scratch([n]), scratch([n, I])];
    const tensors = { dy, w, gamma, u, v, sigma, along, dgamma, dw };
    spectralGradientPrograms(backend, sizes, tensors).forEach(run);
    scattered(call, dw, outputs.slice(0, n));
    scattered(call, dgamma, outputs.slice(n));
  },
});

/**
 * W·γ/σ of matrices of one shape, with σ after one power step from the kept u: see `model/sigma.ts`. Null where
 * there are no kernels. `renew` is told each new u.
 */
export function spectral(
  matrices: Spectral[],
  renew: (u: Tensor1D, i: number) => void,
): Tensor2D[] | null {
  if (!forward.isHere()) return null;
  const n = matrices.length;
  const kept = matrices.map(({ u }) => u);
  const inputs = [...matrices.map(({ w }) => w), ...matrices.map(({ gamma }) => gamma)];
  const named = (tensors: Tensor[]) => ({
    ...numbered('w', tensors.slice(0, n)),
    ...numbered('gamma', tensors.slice(n, 2 * n)),
  });
  return differentiable(
    (...inputs: Tensor[]): { value: Tensor[]; saved: Tensor[] } => {
      const results = forward({ ...named(inputs), ...numbered('u', kept) }, {})!;
      results.slice(n, 2 * n).forEach((u, i) => {
        renew(u as Tensor1D, i);
      });
      return { value: results.slice(0, n), saved: [...inputs, ...results.slice(2 * n)] };
    },
    (dys, ...saved) => {
      const [u, v, sigma] = saved.slice(2 * n);
      // A node of one result is told of its gradient by itself, not in a list.
      const dy = numbered('dy', [dys].flat());
      return gradient({ ...dy, ...named(saved), u, v, sigma }, {})!;
    },
  )(...inputs) as Tensor2D[];
}
