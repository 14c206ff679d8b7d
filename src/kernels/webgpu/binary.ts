import * as tf from '@tensorflow/tfjs-core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { sizeOf } from '../../lib/shapes';
import { roundingAll, roundingOf, type Emulation } from '../precision/current';
import { roundsByItself } from '../precision/emulate';
import type { TapingBackend } from './backend';
import { run } from './program';
import { BINARY, binaryProgram } from './shaders/binary';

type Operands = Record<'a' | 'b', TensorInfo>;

/** The operation by our shader, which rounds its result as it computes it. */
function runRounding(
  backend: TapingBackend,
  name: keyof typeof BINARY,
  { a, b }: Operands,
  as: Emulation,
): TensorInfo {
  const y = backend.makeTensorInfo(
    tf.backend_util.assertAndGetBroadcastShape(a.shape, b.shape),
    'float32',
  );
  const typed = (x: TensorInfo) => ({ ...x, dtype: backend.storedType(x) });
  const program = binaryProgram(name, { a: typed(a), b: typed(b) }, y);
  run(backend, { ...program, rounding: roundingOf(as) });
  return y;
}

function replace(name: keyof typeof BINARY) {
  const { kernelFunc: library } = tf.getKernel(name, 'webgpu')!;
  tf.unregisterKernel(name, 'webgpu');
  tf.registerKernel({
    kernelName: name,
    backendName: 'webgpu',
    kernelFunc(call) {
      const backend = call.backend as unknown as TapingBackend;
      const operands = call.inputs as unknown as Operands;
      const { a, b } = operands;
      const isFloat = a.dtype === 'float32' && b.dtype === 'float32';
      const as = isFloat ? roundingAll() : null;
      const result = as ? runRounding(backend, name, operands, as) : (library(call) as TensorInfo);
      const isSum = name === 'Add' && isFloat && tf.util.arraysEqual(a.shape, b.shape);
      if (isSum && sizeOf(a.shape)) backend.markSum(result);
      return result;
    },
  });
  roundsByItself('webgpu', name);
}

/**
 * Stands beside the library's kernels of two tensors: where every operation rounds, ours do their work. Has traces know
 * which of their dispatches are sums of two float32 tensors of one shape.
 */
export const registerBinary = (): void => {
  for (const name of Object.keys(BINARY)) replace(name as keyof typeof BINARY);
};
