import type { Config } from '../config/fields';
import type { Raw } from '../protocol/raw';
import { angularDistances } from './angular';
import { courseOf, depthSites } from './course';
import { addConstant, carry, freeze, paramsOf, type Frozen } from './frozenNorm';
import { dot, float64, meanOf, rowLengths } from './numbers';
import type { LaneStream, Part } from './readings';
import { has, ofLanes, type View, type Wanted } from './view';

/** A point of the stream’s course that changes all parts of it: a factor, or a norm that stands there. */
type Passage = { factor: number } | { frozen: Frozen };

/** A part as it enters the stream; `from`: the first passage that it takes. */
interface Entry {
  part: Part;
  data: Float32Array;
  from: number;
}

function wantedBy(config: Config): Wanted & Required<Pick<Wanted, 'values' | 'params'>> {
  const course = courseOf(config);
  return {
    values: course.flatMap((step) => ('adds' in step ? step.adds : 'is' in step ? step.is : [])),
    params: course.flatMap((step) => ('norm' in step ? paramsOf(step.norm, config) : [])),
  };
}

function pass(x: Float64Array, passage: Passage, D: number): void {
  if ('frozen' in passage) carry(x, passage.frozen, D);
  else {
    const { factor } = passage;
    for (let i = 0; i < x.length; i++) x[i]! *= factor;
  }
}

/** The course with its numbers: every norm frozen at the stream that it found. */
function followed(raw: Raw): { entries: Entry[]; passages: Passage[] } {
  const D = raw.config.d_model;
  const entries: Entry[] = [];
  const passages: Passage[] = [];
  const x = new Float64Array(raw.values[depthSites(raw.config)[0]!]!.data.length);
  const enter = (passage: Passage) => {
    passages.push(passage);
    pass(x, passage, D);
  };
  for (const step of courseOf(raw.config)) {
    if ('adds' in step) {
      const { data } = raw.values[step.adds]!;
      entries.push({ part: step.part, data, from: passages.length });
      for (let i = 0; i < x.length; i++) x[i]! += data[i]!;
    } else if ('scales' in step) enter({ factor: step.scales });
    else if ('norm' in step) {
      const frozen = freeze(step.norm, x, raw);
      enter({ frozen });
      addConstant(x, frozen, D);
    } else x.set(raw.values[step.is]!.data);
  }
  return { entries, passages };
}

/** The constants of all norms together, each carried on from where it stands; null where there are none. */
function biasesOf(passages: readonly Passage[], size: number, D: number): Float64Array | null {
  if (!passages.some((passage) => 'frozen' in passage && passage.frozen.constant)) return null;
  const x = new Float64Array(size);
  for (const passage of passages) {
    pass(x, passage, D);
    if ('frozen' in passage) addConstant(x, passage.frozen, D);
  }
  return x;
}

/**
 * The last stream as a sum of what was put into it: x_0, what each sublayer added, and the biases of norms, each carried
 * through the norms that follow it. These are frozen at every token, with which they are linear (as for attributions of
 * logits in Elhage et al. 2021, A Mathematical Framework for Transformer Circuits). The rest is rounding, and what was
 * done to the stream from outside. `take` is told of one part after the other, [N, D].
 */
export function composition(raw: Raw, take: (part: Part, a: Float64Array) => void): void {
  const D = raw.config.d_model;
  const { entries, passages } = followed(raw);
  const left = float64(raw.values[depthSites(raw.config).at(-1)!]!.data);
  const taken = (part: Part, a: Float64Array) => {
    for (let i = 0; i < left.length; i++) left[i]! -= a[i]!;
    take(part, a);
  };
  for (const { part, data, from } of entries) {
    const a = float64(data);
    for (let i = from; i < passages.length; i++) pass(a, passages[i]!, D);
    taken(part, a);
  }
  const biases = biasesOf(passages, left.length, D);
  if (biases) taken({ name: 'biases', layer: null, of: 'bias' }, biases);
  take({ name: 'rest', layer: null, of: 'rest' }, left);
}

/** Sizes and directions of the parts beside x_L, and the turning of the stream. */
function streamOf(raw: Raw): LaneStream {
  const D = raw.config.d_model;
  const x = float64(raw.values[depthSites(raw.config).at(-1)!]!.data);
  const lengths = rowLengths(x, D);
  const N = lengths.length;
  const made: LaneStream = {
    parts: [],
    ...{ ratio: [], cosine: [], share: [] },
    means: { ratio: [], cosine: [], share: [] },
    angular: angularDistances(raw),
  };
  composition(raw, (part, a) => {
    const of = {
      ratio: new Float32Array(N),
      cosine: new Float32Array(N),
      share: new Float32Array(N),
    };
    for (let n = 0; n < N; n++) {
      const size = Math.sqrt(dot(a, a, n * D, D));
      const along = dot(a, x, n * D, D);
      of.ratio[n] = size / lengths[n]!;
      of.cosine[n] = along / size / lengths[n]!;
      of.share[n] = along / lengths[n]! ** 2;
    }
    made.parts.push(part);
    for (const key of ['ratio', 'cosine', 'share'] as const) {
      made[key].push(of[key]);
      made.means[key].push(meanDefined(of[key]));
    }
  });
  return made;
}

/** The mean over tokens; a part that is 0 at a token, as of a branch that was dropped, has no cosine there. */
function meanDefined(values: Float32Array): number {
  const defined = values.filter((value) => !Number.isNaN(value));
  return meanOf(defined.length, (n) => defined[n]!);
}

/** The composition of the last stream, and the angles between the streams of all depths. */
export const stream: View<'stream'> = {
  by: [],
  wanted(_, config) {
    const { values, params } = wantedBy(config);
    return { values: [...new Set([...values, ...depthSites(config)])], params };
  },
  read: (looking, lanes) => ({
    lanes: ofLanes(lanes, (raw) =>
      has(raw, stream.wanted(looking, raw.config)) ? streamOf(raw) : null,
    ),
  }),
};
