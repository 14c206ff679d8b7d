import { describe, expect, it } from 'vitest';
import { normsOf, placements, type PlacementId } from '../../src/config/placements';
import { detailOf, linesOf, normPoints, type Cell } from '../../src/views/strip/geometry';
import { graphOf, placementGraph } from '../../src/views/strip/graph';

const IDS = Object.keys(placements) as PlacementId[];
const CELL: Cell = { width: 100, stream: 30, branch: 10 };

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

  it.each(IDS)('shows for %s the norms that its definition uses, and f once', (id) => {
    const { stem, skip, branch, after } = placementGraph(id);
    const all = [...stem, ...skip, ...branch, ...after];
    expect(all.filter((part) => part === 'f')).toHaveLength(1);
    expect(all.filter((part) => part !== 'f').sort()).toEqual([...normsOf(id)].sort());
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

describe('where norms stand', () => {
  const at = (id: PlacementId) => normPoints(placementGraph(id), CELL);

  it('is between stream and branch for pre-LN, and before f', () => {
    const [mark] = at('pre');
    expect(mark!.at.y).toBe(20);
    expect(mark!.at.x).toBeLessThan(linesOf(CELL).box.x);
  });

  it('is on the stream past the add for post-LN', () => {
    const [mark] = at('post');
    expect(mark!.at.y).toBe(CELL.stream);
    expect(mark!.at.x).toBeGreaterThan(linesOf(CELL).add.x);
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
