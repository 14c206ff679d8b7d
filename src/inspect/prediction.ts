import type { Config } from '../config/fields';
import { hasFinalNorm } from '../config/layers';
import type { SiteName } from '../config/sites';
import { quantile } from '../lib/quartiles';
import type { Raw } from '../protocol/raw';
import { calibrationOf } from './calibration';
import { headInputs } from './course';
import { spreadsOf } from './distribution';
import { paramsOf } from './frozenNorm';
import { finalNorm, headName, lens, type LogitsOf } from './lens';
import { largestOf, meanOf } from './numbers';
import type { LanePrediction, Looking } from './readings';
import { rankOf, readRow } from './softmax';
import { has, ofLanes, within, type View, type Wanted } from './view';

const TOPS = 5;

/** The sites that the head reads, at any depth. */
function headSites(config: Config): SiteName[] {
  const heads = headInputs<SiteName[]>(config, {
    site: (name) => [name],
    plus: (x, more) => [...x, ...more],
    norm: (x) => x,
  });
  return [...new Set([...heads].flat())];
}

function wantedBy(config: Config): Required<Pick<Wanted, 'values' | 'params'>> {
  if (config.task === 'gaussian' || config.objective !== 'cross_entropy') {
    return { values: [], params: [] };
  }
  return {
    values: [...headSites(config), 'logits'],
    params: [
      ...(hasFinalNorm(config) ? paramsOf(finalNorm(config), config) : []),
      headName(config),
    ],
  };
}

/** The counted tokens at one depth, each as an array over tokens. */
function readDepth(logitsOf: LogitsOf, counted: readonly number[], targets: Int32Array) {
  const made = { loss: [] as number[], entropy: [] as number[], right: [] as number[] };
  const ranks = new Float64Array(counted.length);
  counted.forEach((n, i) => {
    const z = logitsOf(n);
    const { logSum, entropy, best } = readRow(z, 0, z.length);
    const target = targets[n]!;
    const isNumber = !Number.isNaN(logSum);
    made.loss.push(logSum - z[target]!);
    made.entropy.push(entropy);
    made.right.push(isNumber ? Number(best === target) : NaN);
    ranks[i] = isNumber ? rankOf(target, z, 0, z.length) : NaN;
  });
  return { ...made, rank: ranks.sort() };
}

/** The likeliest symbols of a row of logits, and its target’s probability and rank. */
function readToken(z: Float64Array, target: number) {
  const { logSum } = readRow(z, 0, z.length);
  const p = (symbol: number) => Math.exp(z[symbol]! - logSum);
  const isNumber = !Number.isNaN(logSum);
  const isCounted = isNumber && target >= 0;
  return {
    tops: isNumber
      ? largestOf(z.length, (v) => z[v]!, TOPS).map((symbol) => ({ symbol, p: p(symbol) }))
      : [],
    targetP: isCounted ? p(target) : NaN,
    targetRank: isCounted ? rankOf(target, z, 0, z.length) : NaN,
  };
}

function predictionOf(raw: Raw, looking: Looking): LanePrediction {
  const { inputs, targets, B, T } = raw.batch!;
  const { sequence, token } = within(looking, B, T);
  const place = sequence * T + token;
  const counted = Array.from(inputs.keys()).filter((n) => targets[n]! >= 0);
  const mean = (values: number[]) => meanOf(values.length, (i) => values[i]!);
  const made: LanePrediction = {
    ...{ crossEntropy: [], entropy: [], accuracy: [], rank: [] },
    target: targets[place]!,
    ...{ tops: [], targetP: [], targetRank: [] },
    ...calibrationOf(raw.values['logits']!.data, targets),
  };
  for (const logitsOf of lens(raw)) {
    const { loss, entropy, right, rank } = readDepth(logitsOf, counted, targets);
    made.crossEntropy.push(mean(loss));
    made.entropy.push(mean(entropy));
    made.accuracy.push(mean(right));
    // A rank that is no number is last among the sorted ones.
    made.rank.push(Number.isNaN(rank.at(-1) ?? NaN) ? NaN : quantile(rank, 0.5));
    const { tops, targetP, targetRank } = readToken(logitsOf(place), made.target);
    made.tops.push(tops);
    made.targetP.push(targetP);
    made.targetRank.push(targetRank);
  }
  return made;
}

/** The logit lens, and the reliability of the model’s own output. */
export const prediction: View<'prediction'> = {
  by: ['sequence', 'token'],
  wanted: (_, config) => wantedBy(config),
  read(looking, lanes) {
    const readable = lanes.map((raw) => {
      const wanted = raw && wantedBy(raw.config);
      return wanted?.values.length && raw?.batch && has(raw, wanted) ? raw : null;
    });
    return {
      lanes: ofLanes(readable, (raw) => predictionOf(raw, looking)),
      logits: spreadsOf(readable.map((raw) => raw?.values['logits'] ?? null)).values,
    };
  },
};
