/** A build of our WebAssembly kernels: with relaxed SIMD, whose multiply-add rounds once, or without. */
export type KernelBuild = 'relaxed' | 'simd';

/** Names by which drivers that compute on the CPU call themselves. */
const SOFTWARE = /swiftshader|llvmpipe|lavapipe|software|basic render/i;

export const isSoftware = (adapter: string): boolean => SOFTWARE.test(adapter);
