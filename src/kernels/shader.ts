import * as tf from '@tensorflow/tfjs-core';
import type { TensorInfo } from '@tensorflow/tfjs-core';

/** What this file uses of the backends that compute on a graphics card. */
interface WebGPUBackend {
  runWebGPUProgram(program: object, inputs: TensorInfo[], dtype: 'float32'): TensorInfo;
}
interface WebGLBackend {
  runWebGLProgram(program: object, inputs: TensorInfo[], dtype: 'float32'): TensorInfo;
}

const WORKGROUP = 64;
const namesOf = (inputs: TensorInfo[]) => inputs.map((_, i) => `input${i}`);

/**
 * Runs one WGSL thread per number of the result. `code` defines `fn valueAt(index: u32) -> f32` and reads
 * the inputs as flat arrays `input0`, … `name` is what the compiled program is kept under: it must name
 * every constant in the text.
 *
 * An input that was cast from bool has integers in its buffer: read it as `f32(input0[i])`.
 */
export function runWgsl(
  backend: object,
  name: string,
  code: () => string,
  inputs: TensorInfo[],
  outputShape: number[],
): TensorInfo {
  const program = {
    shaderKey: name,
    outputShape,
    variableNames: namesOf(inputs),
    workgroupSize: [WORKGROUP, 1, 1],
    dispatchLayout: { x: outputShape.map((_, axis) => axis) },
    dispatch: [Math.ceil(tf.util.sizeFromShape(outputShape) / WORKGROUP), 1, 1],
    /** Asks for `uniforms.size`. */
    size: true,
    getUserCode: () => `
      ${code()}
      fn main(index: i32) {
        if (index < uniforms.size) { result[index] = valueAt(u32(index)); }
      }`,
  };
  return (backend as WebGPUBackend).runWebGPUProgram(program, inputs, 'float32');
}

/**
 * Runs a GLSL ES 3.00 fragment per number of the result: a `main` that calls `setOutput`, with the
 * library's samplers `getInput0…` for the inputs. The library keeps what it compiled under the text.
 */
export const runGlsl = (
  backend: object,
  userCode: string,
  inputs: TensorInfo[],
  outputShape: number[],
): TensorInfo =>
  (backend as WebGLBackend).runWebGLProgram(
    { outputShape, variableNames: namesOf(inputs), userCode },
    inputs,
    'float32',
  );
