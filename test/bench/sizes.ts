/** What a comparison varies; everything else of the model is as the product has it by default. */
export interface Size {
  n_layers: number;
  d_model: number;
  seq_len: number;
  batch_size: number;
}

export type Backend = 'wasm' | 'webgpu';
/** Host of the engines that are written in JavaScript. */
export type HostId = 'browser' | 'node';

const size = (n_layers: number, d_model: number, seq_len: number, batch_size = 4): Size => ({
  n_layers,
  d_model,
  seq_len,
  batch_size,
});

export const sizeText = ({ n_layers, d_model, seq_len, batch_size }: Size): string =>
  `L=${n_layers} d=${d_model} T=${seq_len} B=${batch_size}`;

const distinct = (sizes: Size[]): Size[] => [
  ...new Map(sizes.map((size) => [sizeText(size), size])).values(),
];

/** The two sizes that have targets against all other engines on wasm. */
export const QUICK_WASM: Size[] = [size(4, 64, 64), size(12, 64, 32)];
/** Growing width at one depth. */
export const WIDTHS: Size[] = [32, 64, 128, 256, 512].map((d_model) => size(4, d_model, 32));
/** Growing depth at one width, then growing width. */
export const FULL: Size[] = distinct([
  ...[2, 4, 8, 16, 32, 64].map((n_layers) => size(n_layers, 64, 32)),
  ...WIDTHS,
  ...QUICK_WASM,
]);

const tiny = (n_layers: number): Size => size(n_layers, 16, 8, 2);
/** What a software adapter of WebGPU does in a minute. */
export const QUICK_WEBGPU: Size[] = [tiny(2)];
/** What it does in some minutes. */
export const SOFTWARE: Size[] = [2, 4, 8, 12, 16].map(tiny);
