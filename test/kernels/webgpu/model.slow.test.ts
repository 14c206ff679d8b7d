import { afterAll, beforeAll, expect, test } from 'vitest';
import { decode } from '../../../src/config/codec';
import { openNodeBackend } from '../../../src/engine/nodeBackend';
import { createSession } from '../../../src/engine/session';
import type { TapingBackend } from '../../../src/kernels/webgpu/backend';
import { unpack } from '../../../src/protocol/frame';
import { deviceErrors, openWebGPU } from '../../support/dawn';
import { TEXT } from '../../engine/support';

/*
 * Whole steps on WebGPU against wasm. Under SGD, as Adam's update of a weight whose gradient is 0 but for
 * rounding is anything.
 */
const TINY = 'n_layers=2&d_model=16&n_heads=2&seq_len=8&batch_size=2&optimizer=sgd&lr=0.02';
const SETUPS = [
  'bias=false&optimizer=adamw&lr=0.01',
  'bias=false&optimizer=adam&weight_decay=0.1&grad_clip=1&lr=0.01',
  'task=text',
  'norm=rmsnorm&activation=swiglu&positions=rope&placement=post&bias=false',
  'norm=scalenorm&qk_norm=l2&attn_softcap=5&positions=alibi',
  'norm=prmsnorm&activation=relu2&causal=false&d_model=64&bias=false&lr=0.001',
  'norm=dyt&activation=gelu_tanh&tie_embeddings=true',
  'norm=derf&qk_norm=rmsnorm&activation=geglu&lr=0.05',
  'norm=batchnorm&positions=sinusoidal&bias=false',
  'norm=adaptive&task=two_modality',
  'bias=false&optimizer=muon&weight_decay=0.1&lr=0.01',
  'positions=rope&qk_norm=l2&weight_reparam=sigma&residual_scale=rezero',
  'norm=seednorm&placement=residual&topology=parallel',
  'task=gaussian&objective=random_projection&lr=0.001',
  'attention=uniform&activation=relu',
  'logit_softcap=10&inner_norm=normformer&residual_scale=layerscale&dropout=0.2&stochastic_depth=0.2',
  'interventions=1:scale.attn=0.5,0:silence=1,1:freeze.mlp,1:noise.attn.scores=0.1&bias=false',
  'task=gaussian&seq_len=1&d_model=2&norm=rmsnorm&bias=false&n_layers=1&batch_size=3&objective=random_projection&lr=0.001',
];

const STEPS = 5;
/** As in `test/browser/parity.spec.ts`. */
const RELATIVE = 5e-5;
const ABSOLUTE = 3e-7;

let backend: TapingBackend;
let hadBarriers: boolean;
beforeAll(async () => {
  await openNodeBackend('wasm');
  backend = await openWebGPU();
  hadBarriers = backend.hasBarriers;
});
afterAll(() => {
  backend.hasBarriers = hadBarriers;
  expect(deviceErrors).toEqual([]);
});

/** Every number of a frame by its place: `site.rms.3`. */
function numbersOf(frame: object): Map<string, number> {
  const found = new Map<string, number>();
  const visit = (value: unknown, path: string) => {
    if (typeof value === 'number') found.set(path, value);
    else if (ArrayBuffer.isView(value)) {
      (value as Float32Array).forEach((x, i) => found.set(`${path}.${i}`, x));
    } else if (typeof value === 'object' && value) {
      for (const [key, part] of Object.entries(value)) visit(part, `${path}.${key}`);
    }
  };
  visit(frame, '');
  return found;
}

async function framesOf(settings: string) {
  const { config, problems } = decode(`${TINY}&${settings}`);
  expect(problems).toEqual([]);
  const session = createSession(config, TEXT);
  const frames: Map<string, number>[] = [];
  for (let i = 0; i < STEPS; i++) {
    const { packed } = await session.measure(true);
    frames.push(numbersOf(unpack(session.report.layout, { step: i, batch: null, packed })));
  }
  const { params } = session.report.layout;
  session.dispose();
  return { frames, params };
}

test.each(SETUPS)('WebGPU computes as wasm does: %s', async (settings) => {
  await openNodeBackend('wasm');
  const { frames: expected, params } = await framesOf(settings);
  await openWebGPU();
  const { frames } = await framesOf(settings);
  /** The gradient of the keys’ bias is 0 but for rounding, and so is its update. */
  const isNoise = (path: string) => {
    const [, index] = /^\.param\.update_ratio\.(\d+)$/.exec(path) ?? [];
    return index !== undefined && params[Number(index)]!.endsWith('.attn.bk');
  };
  frames.forEach((frame, step) => {
    const far = [...expected[step]!].flatMap(([path, x]) => {
      const y = frame.get(path)!;
      // Numbers that cancel leave a mean as exact as they are large.
      const size = Math.abs(expected[step]!.get(path.replace('.site.mean.', '.site.rms.'))!);
      const near = Number.isFinite(x)
        ? Math.abs(x - y) <= ABSOLUTE + RELATIVE * Math.max(Math.abs(x), size)
        : Object.is(x, y);
      return near || isNoise(path) ? [] : [`${path}: ${x} and ${y}`];
    });
    expect(frame.size).toBe(expected[step]!.size);
    expect(frame.size).toBeGreaterThan(100);
    expect(Number.isFinite(frame.get('.loss'))).toBe(true);
    expect(far, `step ${step}`).toEqual([]);
  });
});

/** In a format a number in a hundred of a frame may be another where a sum falls on the other side of a tie. */
const MOST_FAR = 0.01;

test.each([
  ['precision=bf16', SETUPS[8]!],
  ['precision=fp16&loss_scale=0', SETUPS[4]!],
  ['precision=fp8_e5m2', SETUPS[12]!],
  ['precision=fp8_e4m3', SETUPS[15]!],
  ['precision=bf16&precision_policy=autocast', SETUPS[3]!],
  ['precision=fp8_e4m3&precision_policy=autocast', SETUPS[7]!],
])('and in a format, with what it loses: %s, %s', async (format, settings) => {
  await openNodeBackend('wasm');
  const { frames: expected } = await framesOf(`${format}&${settings}`);
  await openWebGPU();
  const { frames } = await framesOf(`${format}&${settings}`);
  const [first, found] = [expected[0]!, frames[0]!];
  // After a step weights differ by a step of the format here and there.
  const far = [...first].filter(([path, x]) => {
    const y = found.get(path)!;
    return !Object.is(x, y) && !(Math.abs(x - y) <= 1e-3 * Math.abs(x) + ABSOLUTE);
  });
  expect(far.length).toBeLessThanOrEqual(MOST_FAR * first.size);
  const losses = [...first].filter(([path]) => /(under|over)flow/.test(path));
  expect(losses.filter(([, count]) => !Number.isInteger(count))).toEqual([]);
});

test('what a residual sum loses is told where the sum stands, also where a norm makes it', async () => {
  const large = 'norm=dyt&attention=uniform&activation=relu&embed_std=120&init_gain=16';
  const settings = `precision=fp8_e4m3&positions=none&${large}`;
  await openNodeBackend('wasm');
  const { frames: expected } = await framesOf(settings);
  await openWebGPU();
  const { frames } = await framesOf(settings);
  const overflows = (numbers: Map<string, number>) =>
    [...numbers].filter(([path, count]) => path.startsWith('.site.overflow.') && count > 0);
  expect(overflows(expected[0]!)).toHaveLength(2);
  expect(overflows(frames[0]!)).toEqual(overflows(expected[0]!));
});
