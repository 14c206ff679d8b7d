import type { Raw } from '../protocol/raw';
import { headInputs } from './course';
import { normalized } from './frozenNorm';
import { float64 } from './numbers';

/** The final norm of a model. */
export const finalNorm = ({ norm }: Raw['config']) => ({ name: 'final_norm', kind: norm });

/** The name of the unembedding; the table of symbols where it is tied. */
export const headName = ({ tie_embeddings }: Raw['config']) =>
  tie_embeddings ? 'embed.token' : 'unembed';

/** The unembedding as [D, V], from the table of symbols [V, D] where it is tied. */
function headOf({ config, params }: Raw): { w: Float32Array; V: number } {
  const { shape, data } = params[headName(config)]!;
  if (!config.tie_embeddings) return { w: data, V: shape[1]! };
  const [V, D] = shape as [number, number];
  const w = new Float32Array(data.length);
  for (let v = 0; v < V; v++) for (let j = 0; j < D; j++) w[j * V + v] = data[v * D + j]!;
  return { w, V };
}

/** Σ_j x_j w_j of token n, soft-capped. x: [N, D], w: [D, V] → logits: [V] */
function fillLogits(
  logits: Float64Array,
  x: Float64Array,
  n: number,
  w: Float32Array,
  D: number,
  cap: number,
): void {
  const V = logits.length;
  logits.fill(0);
  for (let j = 0; j < D; j++) {
    const factor = x[n * D + j]!;
    for (let v = 0; v < V; v++) logits[v]! += factor * w[j * V + v]!;
  }
  if (cap > 0) for (let v = 0; v < V; v++) logits[v] = cap * Math.tanh(logits[v]! / cap);
}

/** Logits of one token, [V]: the same array at every call. */
export type LogitsOf = (n: number) => Float64Array;

/**
 * The model’s own head on x_0, x_1, … x_L (nostalgebraist 2020, Interpreting GPT: the logit lens): the final norm where
 * there is one, with the second stream where there are two; unembedding and soft cap. Norms over the batch have the
 * statistics of what they are given here.
 */
export function* lens(raw: Raw): Generator<LogitsOf> {
  const { config, values } = raw;
  const { w, V } = headOf(raw);
  const logits = new Float64Array(V);
  // Streams that no norm reads are not computed: where there is one alone, its additions were not even handed over.
  type Lazy = () => Float64Array;
  const once = (compute: Lazy): Lazy => {
    let known: Float64Array | null = null;
    return () => (known ??= compute());
  };
  const heads = headInputs<Lazy>(config, {
    site: (name) => once(() => float64(values[name]!.data)),
    plus: (x, more) =>
      once(() => {
        const added = more();
        return x().map((value, i) => value + added[i]!);
      }),
    norm: (x) => once(() => normalized(finalNorm(config), x(), raw)),
  });
  for (const head of heads) {
    const x = head();
    yield (n) => {
      fillLogits(logits, x, n, w, config.d_model, config.logit_softcap);
      return logits;
    };
  }
}
