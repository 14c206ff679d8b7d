import * as tf from '@tensorflow/tfjs-core';
import type { KernelBuild } from '../lib/adapters';
import { reasonOf } from '../lib/reason';
import { BACKENDS, type BackendId, type DeviceReport } from '../protocol/engine';

/** Findings about a backend before it is started. */
export interface Finding {
  adapter: string;
  /** On wasm, the build of our kernels that can run. */
  build?: KernelBuild;
  /** Why it should not be chosen unasked; null when it is a good choice. */
  against: string | null;
  /** Why it cannot run here at all; null when it can. */
  impossible: string | null;
}

/** A backend that may be looked at and started on this platform. */
export interface Candidate {
  probe(): Promise<Finding>;
  /** Registers the backend's code with TensorFlow.js. */
  load(): Promise<unknown>;
  /** Starts it, where that is more than to set TensorFlow.js’s backend. @returns whether it started */
  start?(): Promise<boolean>;
}

/**
 * Compares a product, an exponential and a sum on the backend that is set with the same computed here. Some WebGL drivers have half precision, some are plainly wrong.
 */
async function givesRightAnswers(): Promise<boolean> {
  const n = 16;
  const a = Float32Array.from({ length: n * n }, (_, i) => Math.sin(i));
  const result = tf.tidy(() => {
    const x = tf.tensor2d(a, [n, n]);
    return tf.sum(tf.exp(tf.mul(tf.matMul(x, x), 0.25)), 1);
  });
  const got = await result.data();
  result.dispose();
  for (let i = 0; i < n; i++) {
    let expected = 0;
    for (let j = 0; j < n; j++) {
      let dot = 0;
      for (let k = 0; k < n; k++) dot += a[i * n + k]! * a[k * n + j]!;
      expected += Math.exp(dot / 4);
    }
    if (!(Math.abs(got[i]! - expected) <= 1e-4 * expected)) return false;
  }
  return true;
}

/**
 * Starts one backend.
 * @returns null when it runs, else what went wrong
 */
async function begin(
  id: BackendId,
  { load, start = () => tf.setBackend(id) }: Candidate,
): Promise<string | null> {
  try {
    await load();
    if (!(await start())) return 'it did not start';
    await tf.ready();
    return (await givesRightAnswers()) ? null : 'it gives wrong answers';
  } catch (error) {
    return `it did not start (${reasonOf(error)})`;
  }
}

/**
 * The fastest backend that is real hardware and gives right answers; or the one asked for, software or
 * not, as long as it runs. What was passed over, and why, stands in the report's reason.
 * @throws Error when no backend runs
 */
export async function chooseDevice(
  asked: BackendId | null,
  candidates: Record<BackendId, Candidate>,
): Promise<DeviceReport> {
  const passedOver: string[] = [];
  const order = asked ? [asked, ...BACKENDS.filter((id) => id !== asked)] : BACKENDS;
  for (const id of order) {
    const { impossible, against, ...device } = await candidates[id].probe();
    const refused = impossible ?? (id === asked ? null : against);
    const failure = refused ?? (await begin(id, candidates[id]));
    if (failure) {
      passedOver.push(`${id}: ${failure}`);
      continue;
    }
    const why = id === asked ? 'Asked for.' : asked ? `${asked} was asked for.` : '';
    const rest = passedOver.length ? `Not used: ${passedOver.join('; ')}.` : '';
    return {
      backend: id,
      ...device,
      reason: [why, rest].filter(Boolean).join(' ') || 'The fastest that this browser offers.',
    };
  }
  throw new Error(`No backend runs here. ${passedOver.join('; ')}.`);
}
