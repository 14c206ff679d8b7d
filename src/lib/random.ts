import { fnv1a } from './hash';

/**
 * Seeded random streams. A stream is named, so that what one part of the model draws never depends on
 * what another part drew before it: depth 12 and depth 13 share their first twelve layers' weights.
 */
export interface Stream {
  /** Uniform on [0, 1), 32 random bits. */
  uniform(): number;
  /** Standard normal N(0, 1). */
  normal(): number;
  /** Uniform integer in [0, n). */
  integer(n: number): number;
}

/** The 128-bit state of a stream, from the seed and the name (FNV-1a, then SplitMix32 to spread it). */
function stateOf(seed: number, name: string): [number, number, number, number] {
  let hash = fnv1a(`${seed}:${name}`);
  const next = () => {
    hash = (hash + 0x9e3779b9) | 0;
    let z = hash ^ (hash >>> 16);
    z = Math.imul(z, 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return z ^ (z >>> 15);
  };
  return [next(), next(), next(), next()];
}

/** The stream called `name` under `seed`: sfc32 (Doty-Humphrey's PractRand), warmed up. */
export function stream(seed: number, name: string): Stream {
  let [a, b, c, d] = stateOf(seed, name);
  const bits = () => {
    const t = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + t) | 0;
    return t >>> 0;
  };
  for (let i = 0; i < 12; i++) bits();

  const uniform = () => bits() / 2 ** 32;
  let spare: number | null = null;
  return {
    uniform,
    integer: (n) => Math.floor(uniform() * n),
    // Box and Muller: two normals from two uniforms, the second kept for the next call.
    normal() {
      if (spare !== null) {
        const kept = spare;
        spare = null;
        return kept;
      }
      const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
      const angle = 2 * Math.PI * uniform();
      spare = radius * Math.sin(angle);
      return radius * Math.cos(angle);
    },
  };
}

/** Unit normals are kept of so many numbers, 8 bytes each: of the models that a slider goes by. */
const MOST_KEPT = 2 ** 22;
const kept = new Map<string, Float64Array>();
let numbersKept = 0;

/** The first `size` unit normals of a stream. Drawing them is most of what another gain or depth of a model costs. */
function unitNormals(seed: number, name: string, size: number): Float64Array {
  const key = `${seed}/${name}`;
  const known = kept.get(key);
  if (known && known.length >= size) return known.subarray(0, size);
  const { normal } = stream(seed, name);
  const drawn = new Float64Array(size);
  for (let i = 0; i < size; i++) drawn[i] = normal();
  kept.delete(key);
  kept.set(key, drawn);
  numbersKept += size - (known?.length ?? 0);
  for (const [oldest, { length }] of kept) {
    if (numbersKept <= MOST_KEPT) break;
    kept.delete(oldest);
    numbersKept -= length;
  }
  return drawn;
}

/** `size` draws of N(0, std²) in float32, from the stream called `name`. */
export function normals(seed: number, name: string, size: number, std: number): Float32Array {
  const unit = unitNormals(seed, name, size);
  const scaled = new Float32Array(size);
  for (let i = 0; i < size; i++) scaled[i] = std * unit[i]!;
  return scaled;
}
