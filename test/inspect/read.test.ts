import { describe, expect, test } from 'vitest';
import { complete } from '../../src/config/check';
import type { Config } from '../../src/config/fields';
import { shapeOf, sitesOf } from '../../src/config/sites';
import { lens } from '../../src/inspect/lens';
import { read, wantedBy } from '../../src/inspect/read';
import { VIEWS, type Readings } from '../../src/inspect/readings';
import { composition } from '../../src/inspect/stream';
import { TENSOR_KINDS, type Raw } from '../../src/protocol/raw';
import { TINY } from '../engine/support';
import { readingsApart } from './agree';
import { CASES } from './cases';
import { lookingAt, modelOf, viewOf } from './support';

const PLACES = [
  'embed',
  'blocks.1.resid_post',
  'blocks.1.attn.pattern',
  'blocks.9.mlp_add',
  'blocks.1.attn.wq',
  'blocks.1.mlp.b_in',
  'final_norm',
  'logits',
  'no such place',
];

describe('every view of every place', () => {
  const SETTINGS: Partial<Config>[] = [
    {},
    { placement: 'residual', norm: 'derf', sublayers: 'mlp' },
    { placement: 'post', sublayers: 'attn', topology: 'parallel', norm: 'batchnorm' },
    { task: 'gaussian', objective: 'random_projection', placement: 'deepnorm' },
  ];

  test.each(SETTINGS)('asks for sites that the model has: %o', (settings) => {
    const { config } = complete({ ...TINY, ...settings });
    const sites = new Set(sitesOf(config));
    for (const view of VIEWS) {
      for (const place of PLACES) {
        const { values, gradients, sequence } = wantedBy(
          lookingAt(view, { place, sequence: 99 }),
          config,
        );
        expect([...values, ...gradients].filter((site) => !sites.has(site))).toEqual([]);
        expect(new Set(values).size).toBe(values.length);
        const isOfOne = values.some((site) => shapeOf(site) === 'BHTT');
        expect(sequence).toBe(isOfOne ? TINY.batch_size - 1 : 0);
      }
    }
  });

  test.each(SETTINGS)(
    'is read of a model, of one that diverged, and of none: %o',
    async (settings) => {
      const model = await modelOf({ ...complete({ ...TINY, ...settings }).config });
      for (const view of VIEWS) {
        for (const place of PLACES) {
          const looking = lookingAt(view, { place, sequence: 99, token: 99 });
          const raw = await model.raw(wantedBy(looking, model.config));
          for (const value of [NaN, Infinity, -Infinity, 3e38, 0]) {
            const lost: Raw = { ...raw };
            for (const kind of TENSOR_KINDS) {
              lost[kind] = Object.fromEntries(
                Object.entries(raw[kind]).map(([name, { shape, data }]) => [
                  name,
                  { shape, data: new Float32Array(data.length).fill(value) },
                ]),
              );
            }
            const made = read(looking, [raw, null, lost]);
            expect(made.view).toBe(view);
            if ('lanes' in made) expect(made.lanes[1]).toBeNull();
          }
          const nothing = { ...raw, values: {}, gradients: {}, params: {}, paramGradients: {} };
          const made = read(looking, [nothing]);
          if ('lanes' in made) expect(made.lanes).toEqual([null]);
        }
      }
      model.dispose();
    },
  );

  test('says so where a model diverged', async () => {
    const model = await modelOf({});
    const looking = lookingAt('prediction');
    const raw = await model.raw(wantedBy(looking, model.config));
    raw.values['blocks.1.resid_post']!.data.fill(NaN);
    raw.values['logits']!.data.fill(NaN);
    const { lanes } = read(looking, [raw]) as unknown as Readings['prediction'];
    const [lane] = lanes;
    expect(lane!.crossEntropy[0]).toBeGreaterThan(0);
    for (const key of ['crossEntropy', 'entropy', 'accuracy', 'rank', 'targetP'] as const) {
      expect(lane![key].at(-1), key).toBeNaN();
    }
    expect(lane!.ece).toBeNaN();
    expect(lane!.tops.at(-1)).toEqual([]);
    model.dispose();
  });
});

describe('a place', () => {
  test('that is a parameter is read with its gradient', async () => {
    const model = await modelOf({});
    const place = 'blocks.1.mlp.w_in';
    const { forward, backward } = await viewOf(lookingAt('distribution', { place }), model);
    expect(forward.lanes[0]!.elements).toBe(16 * 32);
    const gradient = model.seen.frame.grads.get(place)!;
    expect(backward.lanes[0]!.largest).toBeCloseTo(Math.max(...gradient.map(Math.abs)), 5);
    const [lane] = (await viewOf(lookingAt('spectrum', { place }), model)).lanes;
    expect(lane).toMatchObject({ matrix: place, shape: [16, 32] });
    model.dispose();
  });

  test('that is no matrix shows the first one of its layer', async () => {
    const model = await modelOf({ sublayers: 'mlp' });
    const of = async (place: string) =>
      (await viewOf(lookingAt('spectrum', { place }), model)).lanes[0]!.matrix;
    expect(await of('blocks.1.mlp.b_in')).toBe('blocks.1.mlp.w_in');
    expect(await of('embed')).toBe('blocks.0.mlp.w_in');
    expect(await of('logits')).toBe('blocks.1.mlp.w_in');
    model.dispose();
  });
});

describe('the inspector beside the engine', () => {
  const names = [
    '{"norm":"layernorm","placement":"post","final_norm":"on"}',
    '{"placement":"residual","norm":"batchnorm","n_layers":3}',
    '{"task":"two_modality","norm":"adaptive","placement":"post"}',
  ];
  const few = CASES.filter(({ name }) => names.includes(name));
  test.each(few)('agrees with the reference: $name', async ({ settings }) => {
    const model = await modelOf(settings);
    expect(await readingsApart(model)).toEqual([]);
    model.dispose();
  });
  test('of cases by name', () => expect(few.length).toBe(names.length));

  test('the lens at the last layer gives the model’s own logits', async () => {
    const model = await modelOf({ placement: 'residual', logit_softcap: 4, tie_embeddings: true });
    const raw = await model.raw(wantedBy(lookingAt('prediction'), model.config));
    const { shape, data } = raw.values['logits']!;
    const V = shape[2]!;
    const last = [...lens(raw)].at(-1)!;
    for (let n = 0; n < data.length / V; n++) {
      last(n).forEach((z, v) => expect(Math.abs(z - data[n * V + v]!)).toBeLessThan(1e-4));
    }
    model.dispose();
  });

  test('noise on the stream is what the parts do not explain', async () => {
    const rest = async (settings: Partial<Config>) => {
      const model = await modelOf({ placement: 'post', ...settings });
      const [lane] = (await viewOf(lookingAt('stream'), model)).lanes;
      const total = lane!.means.share.reduce((a, b) => a + b, 0);
      expect(total).toBeCloseTo(1, 5);
      model.dispose();
      return lane!.means.ratio.at(-1)!;
    };
    expect(await rest({})).toBeLessThan(1e-5);
    // Of N(0, 0.5²) in 16 features, carried through the norm of the last sublayer.
    expect(await rest({ interventions: '1:noise.resid_mid=0.5' })).toBeGreaterThan(0.1);
    expect(await rest({ interventions: '1:scale.attn=0.5' })).toBeLessThan(1e-5);
  });

  test('the parts of a post-LN stream are not what was added: they are carried', async () => {
    const model = await modelOf({ placement: 'post', n_layers: 3 });
    const raw = await model.raw(wantedBy(lookingAt('stream'), model.config));
    const sizes = new Map<string, number>();
    composition(raw, ({ name }, a) => {
      sizes.set(name, Math.sqrt(a.reduce((sum, x) => sum + x * x, 0)));
    });
    const added = raw.values['blocks.0.attn_add']!.data;
    const size = Math.sqrt(added.reduce((sum, x) => sum + x * x, 0));
    expect(sizes.get('attn 0')!).toBeLessThan(0.8 * size);
    expect([...sizes.keys()]).toEqual([
      ...['x₀', 'attn 0', 'mlp 0', 'attn 1', 'mlp 1', 'attn 2', 'mlp 2', 'biases', 'rest'],
    ]);
    model.dispose();
  });
});
