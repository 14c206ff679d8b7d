import type { RefConfig } from './config';
import { forward, isParameter, type Batch, type Weights } from './model';
import type { Random } from './random';
import { backward, type Tensor } from './tape';

/** Slopes of the loss along one direction: by the tape and by finite differences. */
export interface Slope {
  /** The tensor, or site, that was moved. */
  name: string;
  tape: number;
  difference: number;
  /** ‖gradient‖·‖direction‖/√n: how large a slope along a random direction is. */
  scale: number;
}

type Directions = Map<string, Float64Array>;

/** f′(0) from four points; the error is of order h⁴. */
export function derivative(f: (h: number) => number, h: number): number {
  return (8 * (f(h) - f(-h)) - (f(2 * h) - f(-2 * h))) / (12 * h);
}

interface Gradients {
  weights: Directions;
  sites: Directions;
  /** The loss with weights or sites moved by so many steps along their directions. */
  lossAlong: Record<'weights' | 'sites', (directions: Directions, step: number) => number>;
}

function gradientsOf(config: RefConfig, weights: Weights, batch: Batch | null): Gradients {
  const run = forward(config, weights, batch);
  backward(run.loss);
  const gradients = (tensors: Map<string, Tensor>): Directions =>
    new Map([...tensors].map(([name, { grad }]) => [name, grad]));
  const loss = (moved: Weights, offsets?: Directions): number =>
    forward(config, moved, batch, { offsets, constants: run.constants }).loss.data[0]!;
  return {
    weights: gradients(run.params),
    sites: gradients(run.sites),
    lossAlong: {
      weights: (directions, step) => loss(moved(weights, directions, step)),
      sites: (directions, step) => loss(weights, scaled(directions, step)),
    },
  };
}

/**
 * Compares the tape with finite differences: per weight tensor and per site along one random direction
 * through all its elements, and along `elements` single ones.
 */
export function compareSlopes(
  config: RefConfig,
  weights: Weights,
  batch: Batch | null,
  random: Random,
  { h = 1e-4, elements = 1 } = {},
): Slope[] {
  const run = gradientsOf(config, weights, batch);
  return (['weights', 'sites'] as const).flatMap((kind) =>
    [...run[kind]].flatMap(([name, gradient]) =>
      directionsOf(gradient.length, elements, random).map((direction) => ({
        name,
        tape: dot(gradient, direction),
        difference: derivative(
          (step) => run.lossAlong[kind](new Map([[name, direction]]), step),
          h,
        ),
        scale: norm(gradient) * (norm(direction) / Math.sqrt(gradient.length)),
      })),
    ),
  );
}

/** The same along one direction through all weights at once, and one through all sites at once. */
export function compareTotals(
  config: RefConfig,
  weights: Weights,
  batch: Batch | null,
  random: Random,
  h = 1e-4,
): Slope[] {
  const run = gradientsOf(config, weights, batch);
  return (['weights', 'sites'] as const).map((kind) => {
    const directions = new Map(
      [...run[kind]].map(([name, gradient]) => [name, gradient.map(() => random.normal())]),
    );
    const parts = [...run[kind]].map(([name, gradient]) => dot(gradient, directions.get(name)!));
    return {
      name: `all ${kind}`,
      tape: parts.reduce((a, b) => a + b, 0),
      difference: derivative((step) => run.lossAlong[kind](directions, step), h),
      scale: norm(parts),
    };
  });
}

/** A random direction through all n elements, then through single ones. */
function directionsOf(n: number, elements: number, random: Random): Float64Array[] {
  const dense = Float64Array.from({ length: n }, random.normal);
  const single = Array.from({ length: n > 1 ? elements : 0 }, () => {
    const direction = new Float64Array(n);
    direction[random.below(n)] = 1;
    return direction;
  });
  return [dense, ...single];
}

function moved(weights: Weights, directions: Directions, step: number): Weights {
  return new Map(
    [...weights].map(([name, { shape, data }]) => {
      const direction = isParameter(name) ? directions.get(name) : undefined;
      if (!direction) return [name, { shape, data }];
      return [name, { shape, data: direction.map((d, i) => data[i]! + step * d) }];
    }),
  );
}

const scaled = (directions: Directions, step: number): Directions =>
  new Map([...directions].map(([name, direction]) => [name, direction.map((d) => step * d)]));

const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let total = 0;
  for (let i = 0; i < a.length; i++) total += a[i]! * b[i]!;
  return total;
};
const norm = (a: ArrayLike<number>): number => Math.sqrt(dot(a, a));
