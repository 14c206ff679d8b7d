import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { complete } from '../../src/config/check';
import type { Config } from '../../src/config/fields';
import { normsOf, placements, type PlacementId } from '../../src/config/placements';
import { depthScale } from '../../src/plot/depth';
import { updateEquation, graphOf, placementGraph } from '../../src/views/strip/graph';
import { detailOf, linesOf, markPoints, type Cell } from '../../src/views/strip/geometry';
import { rowHeight, StackRow } from '../../src/views/strip/StackRow';
import { trackOf } from '../../src/views/strip/InterventionTrack';

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

  it.each(IDS)('has the update of %s in one line below it', (id) => {
    expect(updateEquation(id)).toMatch(/^x \\leftarrow [^,]+$/);
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
    const points = at(id).map(({ at: { x, y } }) => `${x} ${y}`);
    expect(new Set(points).size).toBe(points.length);
    for (const { at: p } of at(id)) {
      expect(p.x).toBeGreaterThan(0);
      expect(p.x).toBeLessThan(linesOf(CELL).end.x);
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
        createElement(StackRow, { id: 'a', name: 'A', config, step, depth, y: 0 }),
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
