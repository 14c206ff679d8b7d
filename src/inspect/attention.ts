import { blockSite } from '../config/sites';
import type { Raw } from '../protocol/raw';
import { meanOf } from './numbers';
import type { LaneAttention, Looking } from './readings';
import { hasLayerOf, layerOf, ofLanes, within, type View } from './view';

/**
 * −Σ p ln p of one row of weights, in nats. The largest p is taken as 1 less the rest, whose digits a weight close to
 * 1 has lost: −ln p = −log1p(−rest).
 */
function entropyOf(p: Float32Array): number {
  let largest = 0;
  for (let j = 1; j < p.length; j++) if (p[j]! > p[largest]!) largest = j;
  let rest = 0;
  let total = 0;
  for (let j = 0; j < p.length; j++) {
    const weight = p[j]!;
    if (j === largest || weight === 0) continue;
    rest += weight;
    total -= weight * Math.log(weight);
  }
  return total - p[largest]! * Math.log1p(-rest);
}

/** The heads of a layer over the sequence that was handed over. */
function attentionOf(raw: Raw, looking: Looking): LaneAttention | null {
  const { config, batch } = raw;
  if (!hasLayerOf(looking.place, config)) return null;
  const tensor = raw.values[blockSite(layerOf(looking.place, config), 'attn.pattern')];
  if (!tensor) return null;
  const { data } = tensor;
  const [H, T] = tensor.shape as [number, number, number];
  const { causal } = config;
  const { sequence } = within(looking, batch?.B ?? 1, T);

  const heads = Array.from({ length: H }, (_, head) => head);
  const keys = (i: number) => (causal ? i + 1 : T);
  /** The weights of a query's keys. */
  const row = (head: number, i: number) => {
    const start = (head * T + i) * T;
    return data.subarray(start, start + keys(i));
  };
  /** Over the queries that have more than one key. */
  const meanQuery = (f: (i: number) => number) => meanOf(T - 1, (i) => f(i + 1));
  const received = (head: number, key: number) => {
    const first = causal ? key + 1 : 0;
    let total = 0;
    for (let i = first; i < T; i++) if (i !== key) total += data[(head * T + i) * T + key]!;
    return total / (T - 1 - (causal ? key : 0));
  };
  return {
    heads: H,
    T,
    causal,
    pattern: data,
    symbols: batch && Array.from(batch.inputs.subarray(sequence * T, (sequence + 1) * T)),
    entropy: heads.map((h) => meanQuery((i) => entropyOf(row(h, i)) / Math.log(keys(i)))),
    sink: heads.map((h) => meanQuery((i) => row(h, i)[0]!)),
    received: heads.map((h) => Array.from({ length: T }, (_, key) => received(h, key))),
  };
}

/** The pattern of every head of the layer of a place, over one sequence. */
export const attention: View<'attention'> = {
  by: ['place', 'sequence'],
  wanted: ({ place }, config) => ({
    values: hasLayerOf(place, config) ? [blockSite(layerOf(place, config), 'attn.pattern')] : [],
  }),
  read(looking, lanes) {
    const first = lanes.find((raw) => raw && hasLayerOf(looking.place, raw.config));
    return {
      layer: first ? layerOf(looking.place, first.config) : 0,
      lanes: ofLanes(lanes, (raw) => attentionOf(raw, looking)),
    };
  },
};
