import type { BackendId } from '../../protocol/engine';

export const AUTO = 'auto';
export const NAMES: Record<BackendId | typeof AUTO, [name: string, what: string]> = {
  auto: ['Automatic', 'the fastest that works here'],
  webgpu: ['WebGPU', 'the graphics processor'],
  webgl: ['WebGL', 'the graphics processor, the older way'],
  wasm: ['WebAssembly', 'the processor, vector instructions'],
  cpu: ['JavaScript', 'the processor, slow and exact'],
};
