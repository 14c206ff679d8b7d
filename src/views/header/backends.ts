import type { BackendId } from '../../protocol/engine';

export const AUTO = 'auto';
export const NAMES: Record<BackendId | typeof AUTO, string> = {
  auto: 'Automatic',
  webgpu: 'WebGPU',
  webgl: 'WebGL',
  wasm: 'WebAssembly',
  cpu: 'JavaScript',
};
