import type { Config, Key } from '../config/fields';
import {
  encodeSafetensors,
  WEIGHT_DTYPES,
  type DecodedTensors,
  type NamedTensor,
} from '../lib/safetensors';
import { counted, listed, shortened } from '../lib/words';
import type { FlatLayout } from '../model/flat';
import type { ParamSpec } from '../model/params';
import { isCheckpoint, isInFolder } from '../protocol/checkpoint';
import { WeightsMisfit, type Transposing } from '../protocol/engine';
import type { Plan } from './plan';
import { sameShape, type State } from './state';

/** Named arrays, as in a weights file. */
export type NamedArrays = DecodedTensors['tensors'];

/** A file’s tensors as the model calls them, and what a person should know of how they were read. */
export interface Reading {
  arrays: NamedArrays;
  remarks: string[];
  /** Sentences on numbers that a model cannot compute with. */
  warnings: string[];
  /** Nothing tells whether its matrices are [in, out], as here, or [out, in]. */
  mayLieTransposed: boolean;
}

const shapeText = (shape: number[]) => `[${shortened(shape.join(', '))}]`;

/**
 * Names of tensors that are not learned, but fixed, followed or known to every model of their kind: a file may
 * have them, and another may not.
 */
const isUnlearned = (name: string) =>
  name === 'x0' ||
  name === 'R' ||
  /\.(running_mean|running_var|u)$/.test(name) ||
  /(^|\.)(num_batches_tracked|position_ids|inv_freq|masked_bias|(\w+_)?mask)$/.test(name);

/** Linear maps, which some programs keep as [out, in]. */
const isLinear = ({ name }: ParamSpec) => /\.(w[qkvo]|w_in|w_gate|w_out)$|^unembed$/.test(name);
const isSquare = ({ shape: [rows, columns] }: ParamSpec) => rows === columns;

/** The settings that decide whether a model has a tensor. */
const SETTING_OF: [RegExp, Key][] = [
  [/^unembed$/, 'tie_embeddings'],
  [/^embed\.position$/, 'positions'],
  [/\.[wb]_gate$/, 'activation'],
  [/\.(q_norm|k_norm|qk_gain)\b/, 'qk_norm'],
  [/\.(norm_inner|norm_post|head_scale)\b/, 'inner_norm'],
  [/\.residual_scale$/, 'residual_scale'],
  [/\.(gamma|u)$/, 'weight_reparam'],
  [/\.(b[qkvo]|b_in|b_out|bias)$/, 'bias'],
  [/^final_norm\./, 'final_norm'],
  [/\.norm(_out)?\./, 'placement'],
];
const settingFor = (names: string[], config: Config): string => {
  const [key, ...others] = new Set(
    names.map((name) => SETTING_OF.find(([form]) => form.test(name))?.[1]),
  );
  return key && !others.length ? ` The setting for it is ${key}, ${config[key]} here.` : '';
};

/** Parts of names that programs put around a model’s own. */
const WRAPPERS = new Set([
  ...['module', '_orig_mod', '_fsdp_wrapped_module', '_checkpoint_wrapped_module'],
  ...['model', 'base_model', 'transformer', 'state_dict'],
]);
const OURS = new Set(['embed', 'blocks', 'final_norm', 'unembed', 'x0', 'R']);

/** The first part that most names have, of those that are none of a model’s own; undefined where there is none. */
function sharedFirst(names: string[][]): string | undefined {
  const counts = new Map<string, number>();
  for (const [first, ...rest] of names) {
    if (first === undefined || !rest.length || OURS.has(first)) continue;
    counts.set(first, (counts.get(first) ?? 0) + 1);
  }
  return [...counts].find(([, count]) => 2 * count > names.length)?.[0];
}

/** Names without the parts that wrap them, and which these were; any first part that most have is one. */
function unwrapped(names: string[]): { short: string[]; wrappers: string[] } {
  const wrappers = new Set<string>();
  const parts = names.map((name) =>
    name.split('.').filter((part, i, all) => {
      const isWrapper = i < all.length - 1 && WRAPPERS.has(part);
      if (isWrapper) wrappers.add(part);
      return !isWrapper;
    }),
  );
  for (let first = sharedFirst(parts); first !== undefined; first = sharedFirst(parts)) {
    wrappers.add(first);
    for (const own of parts) if (own.length > 1 && own[0] === first) own.shift();
  }
  return { short: parts.map((own) => own.join('.')), wrappers: [...wrappers] };
}

/** A dimension of 1 changes neither the numbers nor their order: `[]` is as good as `[1]`. */
const bare = (shape: number[]) => shape.filter((n) => n !== 1);
const fits = (found: number[], shape: number[]) => sameShape(bare(found), bare(shape));
const fitsTransposed = (found: number[], shape: number[]) =>
  shape.length === 2 && sameShape(bare(found).reverse(), shape);

/** [columns, rows] of a matrix [rows, columns]. */
function transposed(data: Float32Array, [columns, rows]: number[]): Float32Array {
  const turned = new Float32Array(data.length);
  for (let r = 0; r < rows!; r++) {
    for (let c = 0; c < columns!; c++) turned[c * rows! + r] = data[r * columns! + c]!;
  }
  return turned;
}

/** The squared length that a vector is normalized with: of others it may be 0 or ∞ in float32 on the way. */
const hasLength = (vector: Float32Array): boolean => {
  const squares = vector.reduce((sum, x) => sum + x * x, 0);
  return squares > 1e-30 && squares < 1e30;
};

/** The weights of a checkpoint; another file is left as it is. */
const weightsIn = (file: DecodedTensors): DecodedTensors =>
  isCheckpoint(file.metadata)
    ? { ...file, tensors: new Map([...file.tensors].filter(([name]) => !isInFolder(name))) }
    : file;

/** The file’s tensors by the names of the model; `from` are the names in the file. */
function renamed({ tensors, passedOver }: DecodedTensors) {
  const names = [...tensors.keys(), ...passedOver.keys()];
  const { short, wrappers } = unwrapped(names);
  const from = new Map<string, string>();
  short.forEach((name, i) => {
    const other = from.get(name);
    if (other !== undefined) {
      throw new WeightsMisfit(
        `The file has ${name} twice, as ${shortened(other)} and as ${shortened(names[i]!)}.`,
      );
    }
    from.set(name, names[i]!);
  });
  return { from, wrappers };
}

/** Why tensors are not the weights of this model, whichever way their matrices lie; or null where they are. */
function misfit(
  file: DecodedTensors,
  from: Map<string, string>,
  learned: ParamSpec[],
  fixed: ParamSpec[],
  config: Config,
): string | null {
  const found = ({ name }: ParamSpec) => file.tensors.get(from.get(name) ?? '');
  const known = new Set(learned.map(({ name }) => name));
  const extra = [...from].filter(
    ([name, as]) => file.tensors.has(as) && !known.has(name) && !isUnlearned(name),
  );
  const shown = listed(extra.map(([, as]) => shortened(as)));
  const missing = learned.filter((spec) => !found(spec));
  const [first, ...more] = missing;
  if (first) {
    const dtype = file.passedOver.get(from.get(first.name) ?? '');
    if (dtype)
      return `${first.name} is of ${dtype} in the file; weights are ${listed(WEIGHT_DTYPES)}.`;
    const count = more.length
      ? ` ${counted(more.length)} more ${more.length > 1 ? 'are' : 'is'} missing.`
      : '';
    const others = extra.length ? ` It holds ${shown}, which this model does not have.` : '';
    const held = missing.length === learned.length ? ` It holds ${namesOf(file.tensors)}.` : others;
    return `The file has no tensor ${first.name}; this model needs one of shape ${shapeText(first.shape)}.${settingFor(
      missing.map(({ name }) => name),
      config,
    )}${count}${held}`;
  }
  for (const spec of [...learned, ...fixed]) {
    const { shape } = found(spec) ?? spec;
    if (!fits(shape, spec.shape) && !fitsTransposed(shape, spec.shape)) {
      return `${spec.name} is ${shapeText(shape)} in the file; this model needs ${shapeText(spec.shape)}.`;
    }
  }
  if (!extra.length) return null;
  return `The file holds ${shown}, which this model does not have.${settingFor(
    extra.map(([name]) => name),
    config,
  )}`;
}

const holding = (names: string[]) => `${listed(names, 3)} ${names.length > 1 ? 'hold' : 'holds'}`;

const namesOf = (tensors: NamedArrays) =>
  tensors.size ? listed([...tensors.keys()].map((name) => shortened(name))) : 'no weights';

/**
 * The weights of a file for the model of a plan. Tensors that are not learned may be missing, and are then drawn;
 * those that are there must fit. A matrix [out, in] is taken as such only where `transpose` says so: `fitting`,
 * those that fit no other way; `all`, every square linear map too.
 *
 * @throws WeightsMisfit where the file does not fit, with the ways of transposing that would make it fit
 */
export function readWeights(
  whole: DecodedTensors,
  { flat, buffers, constants, config }: Plan,
  transpose?: Transposing,
): Reading {
  const file = weightsIn(whole);
  const { from, wrappers } = renamed(file);
  const learned = flat.specs;
  const fixed = [...buffers, ...constants];
  const problem = misfit(file, from, learned, fixed, config);
  if (problem) throw new WeightsMisfit(problem);

  const shapeIn = ({ name, shape }: ParamSpec) => file.tensors.get(from.get(name)!)?.shape ?? shape;
  const turned = [...learned, ...fixed].filter((spec) => !fits(shapeIn(spec), spec.shape));
  const linear = learned.filter(isLinear);
  const square = linear.filter(isSquare);
  if (turned.length && !transpose) {
    const isTold = linear.every((spec) => isSquare(spec) || turned.includes(spec));
    const one = turned[0]!;
    const fit = `${one.name} is ${shapeText(shapeIn(one))} in the file and fits only transposed, as ${shapeText(one.shape)}`;
    const rest = turned.length - 1;
    const alike = rest ? `; so ${rest > 1 ? 'do' : 'does'} ${counted(rest)} more` : '';
    const names = listed(
      square.map(({ name }) => name),
      3,
    );
    if (!isTold || !square.length) throw new WeightsMisfit(`${fit}${alike}.`, ['fitting']);
    throw new WeightsMisfit(
      `${fit}, and so does every linear map that is not square: the file seems to keep them as [out, in]. Then the square ones (${names}) lie transposed too, which their shapes do not tell.`,
      ['all', 'fitting'],
    );
  }

  const turns = new Set(transpose === 'all' ? [...turned, ...square] : turned);
  const specs = new Map([...learned, ...fixed].map((spec) => [spec.name, spec]));
  const arrays: NamedArrays = new Map();
  const unused: string[] = [];
  const lost: string[] = [];
  const bad: Record<'beyond' | 'infinite', string[]> = { beyond: [], infinite: [] };
  for (const [name, as] of from) {
    const array = file.tensors.get(as);
    if (!array) continue;
    const spec = specs.get(name);
    if (!spec) unused.push(as);
    const data = spec && turns.has(spec) ? transposed(array.data, spec.shape) : array.data;
    // Without a direction it is as good as missing.
    if (spec && /\.u$/.test(name) && !hasLength(data)) {
      lost.push(name);
      continue;
    }
    if (spec && !data.every(Number.isFinite))
      bad[file.beyond.has(as) ? 'beyond' : 'infinite'].push(name);
    arrays.set(name, { shape: spec?.shape ?? array.shape, data });
  }
  const passed = [...file.passedOver].map(([name, dtype]) => `${shortened(name)} (${dtype})`);
  return {
    arrays,
    remarks: [
      ...(file === whole ? [] : ['It is a checkpoint, of which the weights alone were taken.']),
      ...(wrappers.length
        ? [`Its names were read without ${listed(wrappers.map((w) => shortened(w)))}.`]
        : []),
      ...(passed.length
        ? [`Passed over, as whole numbers are no weights: ${listed(passed)}.`]
        : []),
      ...(unused.length
        ? [
            `Passed over, as they are not learned and this model has none: ${listed(unused.map((as) => shortened(as)))}.`,
          ]
        : []),
      ...(lost.length
        ? [`Singular vectors without a direction were made anew: ${listed(lost, 3)}.`]
        : []),
      ...(turns.size
        ? [
            `Transposed: ${listed(
              [...turns].map(({ name }) => name),
              3,
            )}.`,
          ]
        : []),
    ],
    warnings: [
      ...(bad.beyond.length
        ? [`${holding(bad.beyond)} numbers beyond float32, which are infinite here.`]
        : []),
      ...(bad.infinite.length ? [`${holding(bad.infinite)} numbers that are not finite.`] : []),
    ],
    mayLieTransposed:
      !transpose &&
      !('normscope_config' in file.metadata) &&
      linear.length > 0 &&
      linear.every(isSquare),
  };
}

/** The array of that name and shape, if the file has it. */
export const fitting = (
  file: NamedArrays | null,
  { name, shape }: Pick<ParamSpec, 'name' | 'shape'>,
): Float32Array | null => {
  const found = file?.get(name);
  return found && sameShape(found.shape, shape) ? found.data : null;
};

/** The tensors in a vector of all parameters, their names after `folder`. */
export const vectorTensors = (
  vector: Float32Array,
  { specs, starts, sizes }: FlatLayout,
  folder = '',
): NamedTensor[] =>
  specs.map(({ name, shape }, i) => ({
    name: folder + name,
    shape,
    data: vector.subarray(starts[i]!, starts[i]! + sizes[i]!),
  }));

/** Parameters, buffers and constants, as a weights file has them. */
export async function weightTensors(
  { flat }: Plan,
  { theta, buffers, constants }: State,
): Promise<NamedTensor[]> {
  const named = Object.entries({ ...buffers, ...constants });
  // All are asked for before anything is waited for: they are of one step.
  const [all, ...values] = await Promise.all([
    theta.data<'float32'>(),
    ...named.map(([, tensor]) => tensor.data<'float32'>()),
  ]);
  const others = named.map(([name, { shape }], i) => ({ name, shape, data: values[i]! }));
  return [...vectorTensors(all, flat), ...others];
}

export const encodeWeights = async (plan: Plan, state: State): Promise<Uint8Array> =>
  encodeSafetensors(await weightTensors(plan, state), {
    normscope_config: JSON.stringify(plan.config),
  });
