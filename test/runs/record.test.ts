import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DEFAULTS } from '../../src/config/fields';
import { sitesOf } from '../../src/config/sites';
import { siteStatisticsOf } from '../../src/config/statistics';
import type { Batch } from '../../src/lib/batch';
import { frameOffsets, unpack, type Frame, type Layout } from '../../src/protocol/frame';
import { buildRecord, recordChunks, shortest, type Run } from '../../src/runs/record';

const config = { ...DEFAULTS, n_layers: 2, n_heads: 2, d_model: 4, batch_size: 2, seq_len: 4 };
const layout: Layout = {
  sites: sitesOf(config),
  siteStatistics: siteStatisticsOf(config),
  norms: [],
  params: ['embed.token', 'blocks.0.attn.wq'],
  n_layers: 2,
  n_heads: 2,
};
const batch: Batch = {
  inputs: Int32Array.of(0, 1, 2, 3, 4, 5, 6, 7),
  targets: Int32Array.of(-1, 2, 3, 4, -1, 6, 7, 8),
  B: 2,
  T: 4,
};
const { size } = frameOffsets(layout);

const toJson = (run: Run) => [...recordChunks(run)].join('');

/** A frame whose numbers are 1, 2, 3, …, so that each one’s place can be told. */
const frame = (
  step: number,
  own: Batch | null = batch,
  change?: (packed: Float32Array) => void,
): Frame => {
  const packed = Float32Array.from({ length: size }, (_, i) => i + 1);
  change?.(packed);
  return unpack(layout, { step, batch: own, packed });
};
const run = (frames: Frame[]): Run => ({
  config,
  device: { backend: 'wasm', adapter: 'a processor' },
  app: '1.2.3',
  layout,
  frames,
});

describe('a record', () => {
  const record = buildRecord(run([frame(0), frame(1)]));

  test('has exactly these keys', () => {
    expect(Object.keys(record)).toEqual([
      'format',
      'version',
      'config',
      'backend',
      'adapter',
      'app',
      'tokens',
      'sites',
      'frames',
    ]);
    expect(Object.keys(record.frames[0]!)).toEqual([
      'step',
      'loss',
      'tokens',
      'site',
      'head',
      'output',
      'param',
    ]);
    const { site, head, output, param } = record.frames[0]!;
    expect(Object.keys(site)).toEqual([
      'rms',
      'rms_typical',
      'rms_first',
      'rms_rest',
      'mean',
      'absmax',
      'kurtosis',
      'outlier',
      'token_cosine',
      'grad_rms',
      'branch_ratio',
    ]);
    expect(Object.keys(head)).toEqual(['entropy', 'max_logit', 'sink', 'distance']);
    expect(Object.keys(output)).toEqual([
      ...['logit_rms', 'output_entropy', 'accuracy', 'ece'],
      ...['grad_norm', 'clip_factor', 'lr', 'loss_scale', 'changed'],
    ]);
    expect(Object.keys(param)).toEqual(layout.params);
    expect(Object.keys(param['embed.token']!)).toEqual([
      'param_rms',
      'param_grad_rms',
      'update_ratio',
    ]);
  });

  test('has every number in its place', () => {
    const offsets = frameOffsets(layout);
    const { loss, site, head, output, param } = record.frames[1]!;
    expect(loss).toBe(offsets.loss + 1);
    expect(site.grad_rms).toEqual(layout.sites.map((_, i) => offsets.site.grad_rms! + i + 1));
    const entropy = offsets.head.entropy + 1;
    expect(head.entropy).toEqual([
      [entropy, entropy + 1],
      [entropy + 2, entropy + 3],
    ]);
    expect(output.accuracy).toBe(offsets.output.accuracy + 1);
    expect(param['blocks.0.attn.wq']!.update_ratio).toBe(offsets.param.update_ratio + 2);
  });

  test('has the tokens as rows, those of the first frame on top', () => {
    const other = { ...batch, inputs: batch.inputs.map((token) => token + 1) };
    const { tokens, frames } = buildRecord(run([frame(0), frame(1, other)]));
    expect(tokens).toEqual({
      inputs: [
        [0, 1, 2, 3],
        [4, 5, 6, 7],
      ],
      targets: [
        [-1, 2, 3, 4],
        [-1, 6, 7, 8],
      ],
    });
    expect(frames[0]!.tokens).toEqual(tokens);
    expect(frames[1]!.tokens!.inputs[0]).toEqual([1, 2, 3, 4]);
  });

  test('has no tokens where the task has none', () => {
    const without = buildRecord(run([frame(0, null)]));
    expect(without).not.toHaveProperty('tokens');
    expect(without.frames[0]).not.toHaveProperty('tokens');
  });

  test('of no frames is a record all the same', () => {
    expect(JSON.parse(toJson(run([])))).toMatchObject({ frames: [] });
  });
});

describe('the JSON text', () => {
  test('writes what is not finite as a string, at the top as well', () => {
    const offsets = frameOffsets(layout);
    const broken = frame(0, batch, (packed) => {
      packed[offsets.loss] = NaN;
      packed[offsets.site.rms!] = Infinity;
      packed[offsets.head.sink + 3] = -Infinity;
      packed[offsets.output.logit_rms] = NaN;
      packed[offsets.param.param_rms] = NaN;
    });
    const text = toJson(run([broken]));
    expect(text).not.toContain('null');
    const [got] = (JSON.parse(text) as ReturnType<typeof buildRecord>).frames;
    expect(got!.loss).toBe('NaN');
    expect(got!.site.rms![0]).toBe('Infinity');
    expect(got!.head.sink[1]![1]).toBe('-Infinity');
    expect(got!.output.logit_rms).toBe('NaN');
    expect(got!.param['embed.token']!.param_rms).toBe('NaN');
  });

  test('is the record, in pieces or whole', () => {
    const given = run([frame(0), frame(1), frame(2)]);
    expect(JSON.parse(toJson(given))).toEqual(buildRecord(given));
    expect([...recordChunks(given)]).toHaveLength(5);
  });
});

describe('numbers', () => {
  test('are read back as the float32 that they were', () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (x) => {
        expect(Math.fround(shortest(x)) + 0).toBe(x + 0);
      }),
      { numRuns: 5000 },
    );
  });

  test('are as short as can be', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -999999, max: 999999 }),
        fc.integer({ min: -30, max: 30 }),
        (n, e) => {
          const decimal = Number(`${n}e${e}`);
          expect(shortest(Math.fround(decimal))).toBe(decimal);
        },
      ),
    );
    expect(String(shortest(Math.fround(0.1)))).toBe('0.1');
    expect(String(shortest(2 ** -149))).toBe('1e-45');
    expect(String(shortest(16777216))).toBe('16777216');
  });

  test('that are no float32 stay as they are', () => {
    expect(shortest(Math.PI)).toBe(Math.PI);
  });
});
