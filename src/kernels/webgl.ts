import type { TensorInfo } from '@tensorflow/tfjs-core';

/** Members of the library's backend that this file uses. */
interface WebGLBackend {
  runWebGLProgram(program: object, inputs: TensorInfo[], dtype: 'float32'): TensorInfo;
}

/**
 * Runs a GLSL ES 3.00 fragment per number of the result: a `main` that calls `setOutput`, with the
 * library's samplers `getInput0…` for the inputs. The library keeps what it compiled under the text.
 */
export const runGlsl = (
  backend: unknown,
  userCode: string,
  inputs: TensorInfo[],
  outputShape: number[],
): TensorInfo => {
  const variableNames = inputs.map((_, i) => `input${i}`);
  return (backend as WebGLBackend).runWebGLProgram(
    { outputShape, variableNames, userCode },
    inputs,
    'float32',
  );
};
