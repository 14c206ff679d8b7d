import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';

import { readConfig } from '../../src/cli/input';
import { record } from '../../src/cli/run';
import { encode } from '../../src/config/codec';
import type { Config } from '../../src/config/fields';
import { DEFAULT_PAGE, encodeLink } from '../../src/runs/link';
import type { RecordFrame, RunRecord } from '../../src/runs/record';
import { saveRecord, stepBy } from './driver';
import { test } from './test';

const TINY = 'n_layers=2&d_model=16&n_heads=2&seq_len=8&batch_size=2&lr=0.01&';
/** At the third measurement wasm replays what it recorded at the second. */
const UPDATES = 2;

/** A page of four lanes each. */
const PAGES: [title: string, backend: 'wasm' | 'cpu', lanes: string[]][] = [
  [
    'what a block is made of',
    'wasm',
    [
      '',
      'placement=post&norm=rmsnorm&activation=silu&optimizer=adam&seed=1',
      'placement=sandwich&norm=batchnorm&activation=relu&optimizer=sgd&seed=2',
      'placement=peri&norm=seednorm&activation=gelu_tanh&optimizer=momentum&n_layers=5',
    ],
  ],
  [
    'positions, what is drawn at every step, spectral norms',
    'wasm',
    [
      'placement=deepnorm&norm=dyt&activation=swiglu&positions=rope&optimizer=muon&bias=false',
      'placement=residual&norm=derf&activation=geglu&positions=alibi&weight_reparam=sigma',
      'norm=scalenorm&activation=relu2&positions=sinusoidal&dropout=0.2&eval_seq_len=16',
      'placement=reordered&norm=powernorm&positions=none&stochastic_depth=0.4',
    ],
  ],
  [
    'tasks, scales, schedules',
    'wasm',
    [
      'norm=adaptive&task=two_modality&qk_norm=l2&residual_scale=layerscale&init=xavier',
      'norm=prmsnorm&task=induction&qk_norm=rmsnorm&residual_scale=rezero&grad_clip=0.1',
      'task=gaussian&objective=random_projection&attention=uniform&causal=false&embed_std=2',
      'task=markov&topology=parallel&tie_embeddings=true&schedule=cosine&warmup_steps=2&weight_decay=0.1',
    ],
  ],
  [
    'emulated formats, caps, interventions',
    'wasm',
    [
      'precision=bf16&attn_softcap=5&logit_softcap=10&seq_len=13',
      'precision=fp16&loss_scale=0&embed_std=1e-3',
      'precision=fp8_e4m3&placement=post&n_layers=3',
      'interventions=0-1:noise.resid_mid=0.1,1:scale.attn=0.5&inner_norm=subln&batch_size=3',
    ],
  ],
  [
    'other sizes, other layers, numbers that leave the finite range',
    'wasm',
    [
      'layer_overrides=1:post/rmsnorm,2:deepnorm/scalenorm&n_layers=4&inner_norm=normformer',
      'd_model=48&n_heads=3&mlp_ratio=3&seq_len=21&optimizer=muon&lr=0.1',
      'placement=none&n_layers=12&init_gain=3&lr=1&optimizer=sgd',
      'd_model=64&n_heads=4&seq_len=32&batch_size=4&qk_norm=layernorm&residual_scale=deepscale',
    ],
  ],
  [
    'in plain JavaScript',
    'cpu',
    ['', 'norm=rmsnorm&positions=rope&activation=swiglu', 'precision=bf16', 'optimizer=muon'],
  ],
];

async function ofCommandLine(config: Config, backend: string): Promise<RunRecord> {
  const out = mkdtempSync(join(tmpdir(), 'normscope-'));
  const steps = String(UPDATES + 1);
  try {
    await record([
      '--config',
      encode(config),
      '--backend',
      backend,
      '--steps',
      steps,
      '--out',
      out,
    ]);
    return JSON.parse(readFileSync(join(out, 'record.json'), 'utf8')) as RunRecord;
  } finally {
    rmSync(out, { recursive: true });
  }
}

/** The page evaluates where somebody looks, the command line at every step. */
const evaluatedAs = ({ evaluation: seen }: RecordFrame, { evaluation, ...frame }: RecordFrame) =>
  seen ? { ...frame, evaluation } : frame;

for (const [title, backend, lanes] of PAGES) {
  test(`page and command line agree to the last bit: ${title}`, async ({ open }) => {
    const configs = lanes.map((settings) => readConfig(TINY + settings));
    const hash = encodeLink({ ...DEFAULT_PAGE, configs });
    const page = await open({ hash, query: `backend=${backend}` });
    await stepBy(page, UPDATES);
    for (const [lane, config] of configs.entries()) {
      const { frames, adapter, ...head } = await saveRecord(page, lane);
      const { frames: expected, adapter: own, ...ownHead } = await ofCommandLine(config, backend);
      expect(head).toEqual(ownHead);
      expect(head.build).toBe(backend === 'wasm' ? 'relaxed' : undefined);
      expect(frames).toEqual(expected.map((frame, i) => evaluatedAs(frames[i]!, frame)));
    }
  });
}
