import { describe, expect, test } from 'vitest';
import { complete } from '../../src/config/check';
import type { Config } from '../../src/config/fields';
import { makePlan } from '../../src/engine/plan';
import { readWeights } from '../../src/engine/weights';
import {
  decodeSafetensors,
  encodeSafetensors,
  type DecodedTensors,
  type NamedTensor,
} from '../../src/lib/safetensors';
import { drawParam } from '../../src/model/params';
import { WeightsMisfit, type Transposing } from '../../src/protocol/engine';

const TINY = { n_layers: 2, d_model: 8, n_heads: 2, seq_len: 4, mlp_ratio: 2 };
const planOf = (settings: Partial<Config> = {}) =>
  makePlan(complete({ ...TINY, ...settings }).config, 'abcdefghij klm');
type Plan = ReturnType<typeof planOf>;

/** The weights of a model as another program might write them, with no word on who wrote them. */
const tensorsOf = ({ flat, config }: Plan): NamedTensor[] =>
  flat.specs.map((spec) => ({ ...spec, data: drawParam(spec, config.seed) }));
const fileOf = (tensors: NamedTensor[], passedOver: [string, string][] = []): DecodedTensors => ({
  ...decodeSafetensors(encodeSafetensors(tensors, {})),
  passedOver: new Map(passedOver),
});
const turned = ({ name, shape: [rows, columns], data }: NamedTensor): NamedTensor => ({
  name,
  shape: [columns!, rows!],
  data: Float32Array.from(data, (_, i) => data[(i % rows!) * columns! + Math.floor(i / rows!)]!),
});
const isMap = ({ name }: NamedTensor) => /\.w\w+$|^unembed$/.test(name);

const misfit = (plan: Plan, file: DecodedTensors, transpose?: Transposing): WeightsMisfit => {
  try {
    readWeights(file, plan, transpose);
  } catch (error) {
    if (error instanceof WeightsMisfit) return error;
    throw error;
  }
  throw new Error('It fits.');
};
const expectAsDrawn = (plan: Plan, file: DecodedTensors, transpose?: Transposing) => {
  const { arrays, ...told } = readWeights(file, plan, transpose);
  for (const { name, shape, data } of tensorsOf(plan)) {
    expect([name, arrays.get(name)]).toEqual([name, { shape, data }]);
  }
  return told;
};

describe('a file from elsewhere', () => {
  test('that has what the model needs is read without a word', () => {
    const plan = planOf();
    expect(expectAsDrawn(plan, fileOf(tensorsOf(plan)))).toEqual({
      remarks: [],
      warnings: [],
      mayLieTransposed: false,
    });
  });

  test.each([
    'module.',
    '_orig_mod.',
    'model.',
    'transformer.',
    '_orig_mod.module.model.transformer.',
    'my_net.core.',
  ])('may have %s before its names', (prefix) => {
    const plan = planOf();
    const named = tensorsOf(plan).map((tensor) => ({ ...tensor, name: prefix + tensor.name }));
    const { remarks } = expectAsDrawn(plan, fileOf(named));
    expect(remarks).toEqual([expect.stringContaining(prefix.split('.')[0]!)]);
  });

  test('may have prefixes before some names, or inside of them, but no name twice', () => {
    const plan = planOf();
    const some = tensorsOf(plan).map((tensor) => ({
      ...tensor,
      name: tensor.name.replace(/^blocks\.(\d)/, 'transformer.blocks.$1._orig_mod'),
    }));
    expectAsDrawn(plan, fileOf(some));
    const most = tensorsOf(plan).map((tensor) => ({
      ...tensor,
      name: tensor.name.replace(/^(?=blocks)/, 'model.encoder.'),
    }));
    expect(expectAsDrawn(plan, fileOf(most)).remarks.join()).toMatch(/without model, encoder/);
    const two = most.map((tensor) => ({
      ...tensor,
      name: tensor.name.replace('encoder.blocks.1', 'decoder.blocks.1'),
    }));
    expect(misfit(plan, fileOf(two)).message).toMatch(
      /no tensor blocks.*It holds model\.encoder\.blocks\.0\S+, .*which this model does not have\.$/,
    );
    const twice = [
      ...tensorsOf(plan),
      { name: 'model.unembed', shape: [1], data: new Float32Array(1) },
    ];
    expect(misfit(plan, fileOf(twice)).message).toBe(
      'The file has unembed twice, as unembed and as model.unembed.',
    );
  });

  test('may have buffers of whole numbers and masks, which are passed over with a word', () => {
    const plan = planOf({ norm: 'batchnorm' });
    const mask = { name: 'blocks.0.attn.causal_mask', shape: [4, 4], data: new Float32Array(16) };
    const bias = { name: 'blocks.0.attn.masked_bias', shape: [], data: new Float32Array(1) };
    const { remarks } = expectAsDrawn(
      plan,
      fileOf(
        [...tensorsOf(plan), mask, bias],
        [
          ['blocks.0.attn.norm.num_batches_tracked', 'I64'],
          ['embed.position_ids', 'I64'],
          ['blocks.0.attn.bias', 'BOOL'],
        ],
      ),
    );
    expect(remarks.join()).toMatch(/Passed over.*num_batches_tracked \(I64\).*attn\.bias \(BOOL\)/);
    expect(remarks.join()).toMatch(/Passed over.*not learned.*causal_mask, .*masked_bias\./);
    const weights = tensorsOf(plan).filter(({ name }) => name !== 'unembed');
    expect(misfit(plan, fileOf(weights, [['unembed', 'I8']])).message).toMatch(/unembed is of I8/);
  });

  test('with numbers that are not finite in float32 is read with a warning that names them', () => {
    const plan = planOf();
    const file = fileOf(
      tensorsOf(plan).map((tensor) =>
        /attn\.w[qk]$/.test(tensor.name)
          ? { ...tensor, data: tensor.data.map(() => Infinity) }
          : tensor,
      ),
    );
    const beyond = new Set(['blocks.0.attn.wq']);
    expect(readWeights({ ...file, beyond }, plan).warnings).toEqual([
      'blocks.0.attn.wq holds numbers beyond float32, which are infinite here.',
      'blocks.0.attn.wk, blocks.1.attn.wq, blocks.1.attn.wk hold numbers that are not finite.',
    ]);
  });

  test('whose singular vector is 0 is read as one without it', () => {
    const plan = planOf({ weight_reparam: 'sigma' });
    const name = 'blocks.0.attn.wq.u';
    const { shape } = plan.buffers.find((spec) => spec.name === name)!;
    const u = { name, shape, data: new Float32Array(shape[0]!) };
    const { arrays, remarks } = readWeights(fileOf([...tensorsOf(plan), u]), plan);
    expect(arrays.has(name)).toBe(false);
    expect(remarks).toEqual([expect.stringContaining(name)]);
  });

  test('may have a dimension of 1 more or less', () => {
    const plan = planOf({ norm: 'scalenorm' });
    const bare = tensorsOf(plan).map((tensor) =>
      tensor.shape.join() === '1'
        ? { ...tensor, shape: [] }
        : { ...tensor, shape: [1, ...tensor.shape] },
    );
    expect(bare.filter(({ shape }) => !shape.length).length).toBeGreaterThan(2);
    expectAsDrawn(plan, fileOf(bare));
  });

  test.each<[Partial<Config>, Partial<Config>, RegExp]>([
    [{ tie_embeddings: true }, {}, /no tensor unembed.*tie_embeddings, false here\.$/],
    [{}, { tie_embeddings: true }, /holds unembed.*tie_embeddings, true here\.$/],
    [{ bias: false }, {}, /no tensor .*bias, true here\. \d+ more are missing\.$/],
    [{ activation: 'swiglu' }, {}, /holds blocks\.0\.mlp\.b_gate.*w_gate.*activation, gelu here/],
    [{ qk_norm: 'rmsnorm' }, {}, /holds blocks\.0\.attn\.q_norm.*qk_norm, none here/],
  ])('of settings %o in a model of %o names the setting', (theirs, ours, words) => {
    expect(misfit(planOf(ours), fileOf(tensorsOf(planOf(theirs)))).message).toMatch(words);
  });

  test('of thousands of tensors that are none of the model’s is told in a few words', () => {
    const plan = planOf();
    const others = Array.from({ length: 5000 }, (_, i) => ({
      name: `conv.${i}.${'x'.repeat(200)}`,
      shape: [1],
      data: new Float32Array(1),
    }));
    const none = misfit(plan, fileOf(others)).message;
    expect(none).toMatch(/no tensor \S+;.*more are missing\..*and 4,995 more\.$/);
    const more = misfit(plan, fileOf([...tensorsOf(plan), ...others])).message;
    expect(more).toMatch(/^The file holds .* and 4,995 more, which/);
    for (const { length } of [none, more]) expect(length).toBeLessThan(1000);
  });
});

describe('matrices that are [out, in]', () => {
  test('in the whole file are offered to be transposed, the square ones too', () => {
    const plan = planOf();
    const file = fileOf(tensorsOf(plan).map((t) => (isMap(t) ? turned(t) : t)));
    const error = misfit(plan, file);
    expect(error.ways).toEqual(['all', 'fitting']);
    expect(error.message).toMatch(
      /unembed is \[14, 8\].*transposed, as \[8, 14\].*attn\.wq.* and 5 more/,
    );
    const { remarks, mayLieTransposed } = expectAsDrawn(plan, file, 'all');
    expect(remarks.join()).toContain('Transposed: ');
    expect(mayLieTransposed).toBe(false);
  });

  test('where they fit no other way are offered alone', () => {
    const plan = planOf();
    const one = tensorsOf(plan).map((t) => (t.name === 'blocks.1.mlp.w_out' ? turned(t) : t));
    expect(misfit(plan, fileOf(one))).toMatchObject({
      ways: ['fitting'],
      message: expect.stringMatching(/transposed, as \[16, 8\]\.$/) as string,
    });
    expectAsDrawn(plan, fileOf(one), 'fitting');
    const square = tensorsOf(plan).map((t) => (/w_|unembed/.test(t.name) ? turned(t) : t));
    expect(misfit(plan, fileOf(square)).ways).toEqual(['all', 'fitting']);
    expectAsDrawn(plan, fileOf(square), 'fitting');
  });

  test('may be all of a file of square ones, unless it is our own', () => {
    const plan = planOf({ sublayers: 'attn', tie_embeddings: true });
    const file = fileOf(tensorsOf(plan));
    expect(expectAsDrawn(plan, file).mayLieTransposed).toBe(true);
    const own = { ...file, metadata: { normscope_config: '{}' } };
    expect(expectAsDrawn(plan, own).mayLieTransposed).toBe(false);
    const other = fileOf(tensorsOf(plan).map((t) => (isMap(t) ? turned(t) : t)));
    expect(expectAsDrawn(plan, other, 'all').mayLieTransposed).toBe(false);
  });
});
