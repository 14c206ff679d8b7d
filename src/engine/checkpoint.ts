import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D } from '@tensorflow/tfjs-core';
import { readsText } from '../config/fields';
import { fingerprint } from '../lib/hash';
import { mapValues } from '../lib/objects';
import { decodeSafetensors, encodeSafetensors, SafetensorsError } from '../lib/safetensors';
import type { ParamSpec } from '../model/params';
import { CheckpointError, checkpointMetadata, readCheckpointHead } from '../protocol/checkpoint';
import { decayMask, makePlan, type Plan } from './plan';
import type { State } from './state';
import { fitting, vectorTensors, weightTensors, type NamedArrays } from './weights';

/** Where a session stands: all that its next steps depend on. */
export interface Standing {
  plan: Plan;
  state: State;
  /** The step that comes next. */
  step: number;
  /** The step at which the optimizer’s moments began. */
  momentsFrom: number;
  /** The weights of a file, which a reset goes back to. */
  loaded: NamedArrays | null;
}

/** Tensors beside the weights, by the folder that holds them. */
const MOMENTS = ['m', 'v'] as const;
const LOADED = 'loaded/';
const SCALER = 'loss_scale/state';

const textOf = ({ config, text }: Pick<Plan, 'config' | 'text'>): string | null =>
  readsText(config) ? fingerprint(text) : null;

/** The file of where a session stands, in the words of `protocol/checkpoint.ts`. */
export async function encodeCheckpoint(standing: Standing): Promise<Uint8Array> {
  const { plan, state, step, momentsFrom, loaded } = standing;
  // All are asked for before anything is waited for: they are of one step.
  const [weights, scaler, ...moments] = await Promise.all([
    weightTensors(plan, state),
    state.scaler.data<'float32'>(),
    ...MOMENTS.map((id) => state[id].data<'float32'>()),
  ]);
  const tensors = [
    ...weights,
    { name: SCALER, shape: state.scaler.shape, data: scaler },
    ...MOMENTS.flatMap((id, i) => vectorTensors(moments[i]!, plan.flat, `${id}/`)),
    ...Array.from(loaded ?? [], ([name, array]) => ({ name: LOADED + name, ...array })),
  ];
  const { config } = plan;
  return encodeSafetensors(
    tensors,
    checkpointMetadata({ config, step, momentsFrom, text: textOf(plan) }),
  );
}

function tensorsIn(bytes: Uint8Array): NamedArrays {
  try {
    return decodeSafetensors(bytes).tensors;
  } catch (error) {
    if (!(error instanceof SafetensorsError)) throw error;
    throw new CheckpointError(`The checkpoint is damaged, or its end is missing. ${error.message}`);
  }
}

/**
 * Where the session of a checkpoint stood, its state made on the backend that is set. `text` is what its task reads.
 *
 * @throws CheckpointError: the file is no checkpoint that can be read here, or is of another text
 */
export function readCheckpoint(bytes: Uint8Array, text: string): Standing {
  const { config, step, momentsFrom, text: print } = readCheckpointHead(bytes);
  if (print !== textOf({ config, text })) {
    throw new CheckpointError('The checkpoint is of a run that learned from another text.');
  }
  const tensors = tensorsIn(bytes);
  const plan = makePlan(config, text);
  const { flat } = plan;

  const numbersOf = ({ name, shape }: Pick<ParamSpec, 'name' | 'shape'>, folder = '') => {
    const found = fitting(tensors, { name: folder + name, shape });
    if (found) return found;
    throw new CheckpointError(
      `The checkpoint has no tensor ${folder + name} of shape [${shape.join(', ')}].`,
    );
  };
  const vectorOf = (folder = ''): Float32Array => {
    const vector = new Float32Array(flat.total);
    flat.specs.forEach((spec, i) => vector.set(numbersOf(spec, folder), flat.starts[i]));
    return vector;
  };
  const named = (specs: ParamSpec[]) =>
    Object.fromEntries(specs.map((spec) => [spec.name, { ...spec, numbers: numbersOf(spec) }]));

  // Everything is read before anything is made: what is missing leaves nothing behind.
  const vectors = { theta: vectorOf(), m: vectorOf('m/'), v: vectorOf('v/') };
  const scaler = numbersOf({ name: SCALER, shape: [3] });
  const [buffers, constants] = [named(plan.buffers), named(plan.constants)];
  const loaded: NamedArrays = new Map();
  for (const [name, array] of tensors) {
    if (name.startsWith(LOADED)) loaded.set(name.slice(LOADED.length), array);
  }

  const made = ({ numbers, shape }: ReturnType<typeof named>[string]) => tf.tensor(numbers, shape);
  return {
    plan,
    step,
    momentsFrom,
    loaded: loaded.size ? loaded : null,
    state: {
      ...mapValues(vectors, (numbers): Tensor1D => tf.tensor1d(numbers)),
      scaler: tf.tensor1d(scaler),
      buffers: mapValues(buffers, made),
      constants: mapValues(constants, made),
      decays: tf.tensor1d(decayMask(flat)),
    },
  };
}
