import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { whyNot } from '../../src/config/applies';
import { complete } from '../../src/config/check';
import { CHOICES } from '../../src/config/choices';
import { DEFAULTS, field, type Config, type Key } from '../../src/config/fields';
import { NORMALIZATION } from '../../src/config/fields/normalization';
import { sublayerCount } from '../../src/config/layers';
import { normsOf, placements, type PlacementId } from '../../src/config/placements';
import { depthScale } from '../../src/plot/depth';
import { asDrawn } from '../../src/views/lanes/useLane';
import { besideEquation, blockEquations, planOf } from '../../src/views/strip/equations';
import { fitOf } from '../../src/views/strip/fit';
import { graphOf, placementGraph } from '../../src/views/strip/graph';
import { detailOf, linesOf, markPoints, type Cell } from '../../src/views/strip/geometry';
import { rowHeight, StackRow } from '../../src/views/strip/StackRow';
import { InterventionTrack } from '../../src/views/strip/InterventionTrack';
import { trackOf } from '../../src/views/strip/tracks';
import { placements as references } from '../reference/placements';

const IDS = Object.keys(placements) as PlacementId[];
const CELL: Cell = { width: 100, stream: 30, rails: [10] };

describe('the drawing of a placement', () => {
  it('puts the norm of pre-LN inside the branch, before f', () => {
    expect(placementGraph('pre')).toEqual({
      stem: [],
      skip: [],
      branch: ['norm', 'f'],
      after: [],
      adds: true,
    });
  });

  it('puts the norm of post-LN on the stream, after the add', () => {
    expect(placementGraph('post')).toEqual({
      stem: [],
      skip: [],
      branch: ['f'],
      after: ['norm'],
      adds: true,
    });
  });

  it('puts DeepNorm’s α on the skip', () => {
    expect(placementGraph('deepnorm')).toMatchObject({ skip: ['amplify'], after: ['norm'] });
  });

  it.each(IDS)('shows for %s the norms that its definition uses, and f once', (id) => {
    const { stem, skip, branch, after } = placementGraph(id);
    const all = [...stem, ...skip, ...branch, ...after];
    expect(all.filter((part) => part === 'f')).toHaveLength(1);
    const norms = all.filter((part) => part !== 'f' && part !== 'amplify');
    expect(norms.sort()).toEqual([...normsOf(id)].sort());
    expect(all.includes('amplify')).toBe('streamFactor' in placements[id]);
  });

  it('is the same object every time', () => {
    for (const id of IDS) expect(placementGraph(id)).toBe(placementGraph(id));
  });

  it('follows definitions that no placement has yet', () => {
    expect(graphOf((x, { f, norm, norm_out, add }) => add(x, norm_out(f(norm(x)))))).toMatchObject({
      branch: ['norm', 'f', 'norm_out'],
    });
    // One norm that stream and branch both read stands before the fork.
    const stem = graphOf((x, { f, norm, add }) => {
      const normed = norm(x);
      return add(normed, f(normed));
    });
    expect(stem).toMatchObject({ stem: ['norm'], skip: [], branch: ['f'] });
    expect(graphOf((x, { f, norm, add }) => add(norm(x), f(x)))).toMatchObject({
      skip: ['norm'],
      branch: ['f'],
    });
    expect(graphOf((x, { f, norm }) => norm(f(x)))).toMatchObject({
      branch: ['f', 'norm'],
      adds: false,
    });
  });
});

describe('equation and drawing', () => {
  const SCALES = Object.keys(CHOICES.residual_scale) as Config['residual_scale'][];
  const BLOCKS: Partial<Config>[] = [
    { topology: 'sequential' },
    { topology: 'parallel' },
    { sublayers: 'attn' },
    { sublayers: 'mlp' },
  ];
  const LEARNED = 0.7;
  /** Numbers in the place of tensors; two different things are never equal by chance. */
  const norm = (x: number) => Math.tanh(x) + 0.3;
  const norm_out = (x: number) => Math.sin(x) + 2;
  const sublayers = { attn: (x: number) => x * x + 1, mlp: (x: number) => 3 * x - 0.5 };
  type Read = keyof typeof sublayers;
  const readBy = ({ sublayers, topology }: Config): Read[][] => {
    if (sublayers !== 'both') return [[sublayers]];
    return topology === 'parallel' ? [['attn', 'mlp']] : [['attn'], ['mlp']];
  };

  /** The factors of stream and branch, as docs/science.md has them. */
  const factors = (config: Config): [number, number] => {
    const N = config.n_layers * readBy(config).flat().length;
    return {
      one: [1, 1] as [number, number],
      inv_sqrt_depth: [1, 1 / Math.sqrt(N)] as [number, number],
      deepscale: [Math.sqrt(1 - 2 / N), Math.sqrt(2 / N)] as [number, number],
      rezero: [1, LEARNED] as [number, number],
      skipinit: [1, LEARNED] as [number, number],
      layerscale: [1, LEARNED] as [number, number],
      skipless: [0, 1] as [number, number],
    }[config.residual_scale];
  };

  /** One update of the reference, in numbers. */
  function expected(config: Config, branches: Read[], x: number, layer: number): number {
    const { before, out, after, alpha } = references[config.placement]!;
    const [a, b] = factors(config);
    const by = config.norm_scale === 'one' ? 1 : 1 / Math.sqrt(layer + 1);
    const read = before ? norm(x) * by : x;
    const added = branches.map((name) => {
      const y = sublayers[name](read);
      return b * (out ? norm_out(y) * by : y);
    });
    const sum = a * alpha(config.n_layers) * x + added.reduce((p, q) => p + q);
    return after ? norm(sum) * by : sum;
  }

  /** The value of the equation, as one who reads it finds it. */
  function evaluated(tex: string, config: Config, branches: Read[], x: number): number {
    let code = tex
      .replace('x \\leftarrow ', '')
      .replaceAll('\\mathrm{N}_{out}', 'norm_out')
      .replaceAll('\\mathrm{N}', 'norm')
      .replaceAll(/\\mathrm\{(attn|mlp)\}/g, '$1')
      .replaceAll(/\\sqrt\{([^}]*)\}/g, 'Math.sqrt($1)')
      .replaceAll(/\\(alpha_[lf]|lambda_f \\odot)/g, 'learned')
      .replaceAll('\\alpha', 'alpha')
      .replaceAll('\\,', '*');
    const sign = '\\textstyle\\sum_f ';
    const at = code.indexOf(sign);
    if (at >= 0) {
      // The sum goes to the parenthesis that closes the one it stands in.
      let depth = 0;
      let end = at + sign.length;
      for (; end < code.length && depth >= 0; end++) {
        depth += code[end] === '(' ? 1 : code[end] === ')' ? -1 : 0;
        if (depth < 0) break;
      }
      code = `${code.slice(0, at)}total(f => ${code.slice(at + sign.length, end)})${code.slice(end)}`;
    }
    expect(code).not.toMatch(/[\\{}]/);
    const [f] = branches.map((name) => sublayers[name]);
    const alpha = references[config.placement]!.alpha(config.n_layers);
    const total = (term: (f: (x: number) => number) => number) =>
      branches.reduce((sum, name) => sum + term(sublayers[name]), 0);
    const { attn, mlp } = sublayers;
    const given = { x, f, attn, mlp, norm, norm_out, alpha, learned: LEARNED, total };

    const run = new Function(...Object.keys(given), `return ${code}`) as (
      ...all: unknown[]
    ) => number;
    return run(...Object.values(given));
  }

  /** The value that the signal has at the end of the drawing. */
  function drawn(config: Config, branches: Read[], x: number, layer: number): number {
    const [a, b] = factors(config);
    const by = config.norm_scale === 'one' ? 1 : 1 / Math.sqrt(layer + 1);
    const { stem, skip, branch, after } = placementGraph(
      config.placement,
      config.residual_scale,
      sublayerCount(config),
    );
    const acts = (name?: Read): Record<string, (x: number) => number> => ({
      norm: (x) => norm(x) * by,
      norm_out: (x) => norm_out(x) * by,
      amplify: (x) => x * references[config.placement]!.alpha(config.n_layers),
      cut: () => 0,
      scale_x: (x) => a * x,
      scale_f: (x) => b * x,
      f: (x) => sublayers[name!](x),
    });
    const through = (parts: string[], from: number, name?: Read) =>
      parts.reduce((value, part) => acts(name)[part]!(value), from);
    const fork = through(stem, x);
    const added = branches.map((name) => through(branch, fork, name)).reduce((p, q) => p + q);
    return through(after, through(skip, fork) + added);
  }

  it.each(IDS)('say of %s what the model computes, under every scale and topology', (placement) => {
    for (const residual_scale of SCALES) {
      for (const block of BLOCKS) {
        for (const norm_scale of ['one', 'inv_sqrt_layer'] as const) {
          const { config } = complete({ placement, residual_scale, norm_scale, ...block });
          const { update } = blockEquations(config, planOf(config, 3), 3);
          for (const branches of readBy(config)) {
            const value = expected(config, branches, 0.8, 3);
            const told = `${update} ${JSON.stringify(block)}`;
            const near = 0.01 * Math.abs(value);
            expect(Math.abs(evaluated(update, config, branches, 0.8) - value), told).toBeLessThan(
              near,
            );
            expect(drawn(config, branches, 0.8, 3), told).toBeCloseTo(value, 8);
          }
        }
      }
    }
  });

  const beside = (settings: Partial<Config>) => {
    const { config } = complete(settings);
    const plan = planOf(config, null);
    const { before, update, after } = blockEquations(config, plan);
    return [...before, update, ...after, ...besideEquation(config, plan, false)].join(' · ');
  };

  it('tell every setting of normalization apart, unless it changes nothing', () => {
    const other: Partial<Record<Key, unknown>> = {
      norm_eps: 0.1,
      layer_overrides: '3:/dyt',
      attn_softcap: 50,
      logit_softcap: 30,
      dropout: 0.1,
      stochastic_depth: 0.2,
    };
    for (const key of [...Object.keys(NORMALIZATION), 'dropout', 'stochastic_depth'] as Key[]) {
      const f = field(key);
      const values = f.kind === 'choice' ? Object.keys(f.choices) : [DEFAULTS[key], other[key]];
      for (const placement of IDS) {
        const configs = values.map((value) => complete({ placement, [key]: value }).config);
        const told = configs
          .filter((config) => !whyNot(key, config))
          .map((config) => beside(config));
        expect(new Set(told).size, `${key} ${placement}`).toBe(told.length);
      }
    }
  });

  it('have the values of letters, exceptions, and what starts at 0', () => {
    expect(beside({ placement: 'deepnorm' })).toBe(
      'x \\leftarrow \\mathrm{N}(\\alpha\\,x + f(x)) · N is LayerNorm · α = 2.21',
    );
    expect(beside({ residual_scale: 'deepscale' })).toBe(
      'x \\leftarrow 0.957\\,x + 0.289\\,f(\\mathrm{N}(x)) · N is LayerNorm · DeepScaleLM',
    );
    expect(beside({ placement: 'none', residual_scale: 'rezero' })).toContain('ReZero, 0 at first');
    expect(beside({ layer_overrides: '4-6:post,11:/rmsnorm' })).toContain('layers 4–6, 11 differ');
    expect(beside({ layer_overrides: '0:post,2:post,4:post' })).toContain('3 of 12 layers differ');
    // Where every layer is an exception, the equation is that of layers that are there.
    expect(beside({ layer_overrides: '0-11:post' })).toContain('\\mathrm{N}(x + f(x))');
    expect(
      beside({ placement: 'residual', topology: 'parallel', residual_scale: 'skipinit' }),
    ).toContain('r \\leftarrow r + \\textstyle\\sum_f \\alpha_f\\,f(x) · y = x + \\mathrm{N}(r)');
  });

  it('say what only the ends of the model have', () => {
    expect(beside({ placement: 'peri' })).toContain('N is LayerNorm · N on the embedding');
    expect(beside({ placement: 'sandwich' })).not.toContain('embedding');
    const words = (settings: Partial<Config>) => {
      const { config } = complete(settings);
      return besideEquation(config, planOf(config, null), false);
    };
    expect(words({ placement: 'peri' })).not.toEqual(words({ placement: 'sandwich' }));
    expect(words({ placement: 'residual' })).toContain('second stream r: y = x + N(r)');
    // A block after the first has no say in the norm of the embedding.
    expect(words({ placement: 'pre', layer_overrides: '4:peri' })).not.toContain(
      'N on the embedding',
    );
  });

  it('shrink to their width, then are cut; words stand beside where all of them fit', () => {
    expect(fitOf(120, 100, 265)).toEqual({ scale: 1, isCut: false, hasWordsBeside: true });
    expect(fitOf(200, 100, 265)).toEqual({ scale: 1, isCut: false, hasWordsBeside: false });
    expect(fitOf(394, 100, 265)).toEqual({ scale: 0.67, isCut: false, hasWordsBeside: false });
    expect(fitOf(500, 100, 265)).toMatchObject({ scale: 0.66, isCut: true });
  });

  it('are the formulas of the menus, by letters', () => {
    expect(placements.peri.formula).toBe(
      'x_0 \\leftarrow \\mathrm{N}(x_0),\\; x \\leftarrow x + \\mathrm{N}_{out}(f(\\mathrm{N}(x)))',
    );
    expect(placements.deepnorm.formula).toBe(
      'x \\leftarrow \\mathrm{N}(\\alpha\\,x + f(x)),\\; \\alpha = (2L)^{1/4},\\; \\beta = (8L)^{-1/4}',
    );
    expect(CHOICES.residual_scale.deepscale.formula).toBe(
      'x \\leftarrow \\sqrt{1 - \\tfrac2N}\\,x + \\sqrt{\\tfrac2N}\\,f(x)',
    );
    expect(CHOICES.residual_scale.skipless.formula).toBe('x \\leftarrow f(x)');
  });
});

describe('where marks stand', () => {
  const at = (id: PlacementId, cell = CELL) => markPoints(placementGraph(id), cell);

  it('is between stream and branch for pre-LN, and before f', () => {
    const [mark] = at('pre');
    expect(mark!.at.y).toBe(20);
    expect(mark!.at.x).toBeLessThan(linesOf(CELL).boxes[0]!.x);
  });

  it('is on the stream past the add for post-LN', () => {
    const [mark] = at('post');
    expect(mark!.at.y).toBe(CELL.stream);
    expect(mark!.at.x).toBeGreaterThan(linesOf(CELL).add.x);
  });

  it('is where both branches still are one, where two run side by side', () => {
    const beside: Cell = { ...CELL, rails: [6, 18] };
    expect(at('pre', beside)[0]!.at.y).toBe(24);
    expect(linesOf(beside).branches).toHaveLength(2);
  });

  it.each(IDS)('is between one cell and the next, and in no other’s place, for %s', (id) => {
    for (const scale of Object.keys(CHOICES.residual_scale) as Config['residual_scale'][]) {
      const marks = markPoints(placementGraph(id, scale, 24), CELL);
      const points = marks.map(({ at: { x, y } }) => `${x} ${y}`);
      expect(new Set(points).size).toBe(points.length);
      for (const { at: p } of marks) {
        expect(p.x).toBeGreaterThan(0);
        expect(p.x).toBeLessThan(linesOf(CELL).end.x);
      }
    }
  });
});

describe('level of detail', () => {
  it('falls with the width of a column', () => {
    expect([80, 40, 20, 8].map(detailOf)).toEqual(['boxes', 'arches', 'block', 'mark']);
  });
});

describe('a row of the stack', () => {
  const depth = depthScale(12, 1080);
  const row = (settings: Partial<Config>, step = 0) => {
    const { config, problems } = complete(settings);
    expect(problems).toEqual([]);
    return renderToStaticMarkup(
      createElement(
        'svg',
        null,
        createElement(StackRow, {
          id: 'a',
          name: 'A',
          config,
          step,
          depth,
          y: 0,
          Track: InterventionTrack,
        }),
      ),
    );
  };
  const count = (markup: string, part: string) => markup.split(part).length - 1;
  /** Norms to be seen, by how they look. */
  const norms = (markup: string) => {
    const seen = markup.match(/<g class="st-mark st-norm"[^>]*>/g) ?? [];
    const shown = seen.filter((tag) => !tag.includes('data-absent'));
    const of = (look: string) => shown.filter((tag) => tag.includes(`data-look="${look}"`)).length;
    return { own: of('own'), other: of('other'), identity: of('identity') };
  };

  it('draws two updates per layer, and the final norm where there is one', () => {
    expect(norms(row({}))).toEqual({ own: 25, other: 0, identity: 0 });
    expect(norms(row({ placement: 'post' }))).toEqual({ own: 24, other: 0, identity: 0 });
    expect(norms(row({ placement: 'sandwich', n_layers: 2 })).own).toBe(9);
  });

  it('draws in every layer what that layer has', () => {
    const mixed = row({ layer_overrides: '0:/rmsnorm,3:none,11:post/none' });
    // Layer 0 is hollow; layer 3 has none; layer 11 and what is normed after it is the identity.
    expect(norms(mixed)).toEqual({ own: 18, other: 2, identity: 2 });
  });

  it('draws the norm of the embedding, α and the second stream', () => {
    expect(norms(row({ placement: 'peri' })).own).toBe(12 * 4 + 2);
    const amplified = row({ placement: 'deepnorm' }).match(/<g class="st-mark st-amplify"[^>]*>/g)!;
    expect(amplified.filter((tag) => !tag.includes('data-absent'))).toHaveLength(24);
    expect(row({ placement: 'residual' })).toContain('st-second');
    expect(row({ placement: 'post' })).not.toContain('st-second');
    expect(count(row({ residual_scale: 'skipless' }), 'st-gap')).toBe(24);
  });

  it('draws one update where the sublayers run side by side or alone', () => {
    expect(count(row({ topology: 'parallel' }), 'class="st-f"')).toBe(24);
    expect(norms(row({ topology: 'parallel' })).own).toBe(13);
    expect(count(row({ sublayers: 'mlp' }), 'class="st-f"')).toBe(12);
  });

  it('draws what is done to layers, and faintly what is not done now', () => {
    const interventions = '4-7:scale.attn=0.5,3:silence=2@10-20';
    const markup = row({ interventions }, 5);
    expect(count(markup, 'class="st-act"')).toBe(2);
    expect(count(markup, 'data-idle')).toBe(1);
    expect(markup).toContain('attn × 0.5');
    expect(markup).toContain('<title>head 2 off, in 3, steps 10–20</title>');
    // The sign stands on the branches that are acted on: four here, and one more later.
    const signs = count(markup, 'class="st-sign"');
    expect(count(row({ interventions }, 15), 'class="st-sign"')).toBe(signs + 1);
  });

  it('is higher by a line where bars would meet', () => {
    const of = (interventions: string) =>
      rowHeight(depth, complete({ interventions }).config) - rowHeight(depth, complete({}).config);
    expect(of('0-3:freeze.mlp,4-7:scale.attn=0.5')).toBe(of('0:freeze.mlp'));
    expect(of('0-4:freeze.mlp,4-7:scale.attn=0.5')).toBe(2 * of('0:freeze.mlp'));
    expect(
      trackOf([
        { from: 0, to: 3 },
        { from: 2, to: 5 },
        { from: 4, to: 6 },
      ]),
    ).toEqual([0, 1, 0]);
  });
});

describe('the drawing of a model', () => {
  // Every number and choice of the initialization, beside settings that bring out what is written beside an equation.
  const others: Partial<Config> = {
    ...{ init: 'he', init_gain: 3, embed_std: 2, token_correlation: 0.5, seed: 7 },
    ...{ dyt_alpha: 2, dyt_alpha_attn: 3 },
  };
  const bases: Partial<Config>[] = [
    {},
    { norm: 'dyt', qk_norm: 'l2', weight_reparam: 'sigma', residual_scale: 'layerscale' },
    { placement: 'residual', sublayers: 'mlp', norm_eps: 0.1, inner_norm: 'subln', dropout: 0.1 },
  ];
  it('has no sign for the initialization', () => {
    const said = (config: Config) => {
      const plan = planOf(config, null);
      return JSON.stringify([blockEquations(config, plan), besideEquation(config, plan, false)]);
    };
    for (const base of bases) {
      const one = complete(base).config;
      const other = complete({ ...base, ...others }).config;
      expect(other.init_gain).toBe(3);
      expect(said(other)).toBe(said(one));
      expect(asDrawn(other)).toBe(asDrawn(one));
      expect(asDrawn({ ...other, n_layers: 7 })).not.toBe(asDrawn(one));
    }
  });
});
