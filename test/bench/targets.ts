import { depthLines } from './depth';
import { OWN_ENGINES, type EngineId, type Row } from './row';
import { QUICK_WASM, sizeText } from './sizes';

/** One thing that is aimed at: what was measured, and how large it may be. */
export interface Target {
  what: string;
  measured: number;
  most: number;
}

export const isMet = ({ measured, most }: Target): boolean => measured <= most;

/** Of this engine, the share of another’s time on wasm: at the sizes of `--quick`, and of a wide model. */
const QUICK_SHARES: Partial<Record<EngineId, number>> = {
  plain_tfjs: 1 / 8,
  jax_js: 1 / 2.5,
  pytorch: 1.3,
};
const WIDE = { d_model: 256, shares: { pytorch: 1.5 } };
/** The depth at which what a graphics processor is asked for is judged. */
const DEPTH = 12;

/** This engine as the product runs it: replayed where there is such a thing. */
export const ownEngine = (rows: Row[]): EngineId | undefined =>
  OWN_ENGINES.find((own) => rows.some(({ engine }) => engine === own));

const ratio = (what: string, most: number, over?: number, under?: number): Target[] =>
  over === undefined || under === undefined ? [] : [{ what, most, measured: over / under }];
const bound = (what: string, most: number, measured?: number): Target[] =>
  measured === undefined ? [] : [{ what, most, measured }];

/** The targets that rows of one size say something about. */
function targetsOfSize(size: string, rows: Row[]): Target[] {
  const find = (engine: string | undefined, statistics = false) =>
    rows.find((row) => row.engine === engine && row.statistics === statistics);
  const own = ownEngine(rows);
  const [bare, measured] = [find(own), find(own, true)];
  const isQuick = QUICK_WASM.some((quick) => sizeText(quick) === size);
  const isWide = bare?.d_model === WIDE.d_model;
  const shares = isQuick ? QUICK_SHARES : isWide ? WIDE.shares : {};
  const isDeepWebGPU = bare?.backend === 'webgpu' && bare.n_layers === DEPTH;
  return [
    ...ratio(`${size}: statistics on/off`, 1.1, measured?.step_ms, bare?.step_ms),
    ...Object.entries(bare?.backend === 'wasm' ? shares : {}).flatMap(([engine, most]) =>
      ratio(`${size}: step, ${own}/${engine}`, most, bare?.step_ms, find(engine)?.step_ms),
    ),
    ...(isDeepWebGPU
      ? [
          ...ratio(
            `${size}: JavaScript, ${own}/plain_tfjs`,
            0.01,
            bare.js_ms,
            find('plain_tfjs')?.js_ms,
          ),
          ...bound(`${size}: dispatches with statistics`, 400, measured?.dispatches),
          ...bound(`${size}: submits with statistics`, 1, measured?.submits),
        ]
      : []),
  ];
}

/** All that these rows can be held against. */
export function targetsOf(rows: Row[]): Target[] {
  const own = ownEngine(rows);
  const isOwn = ({ engine }: { engine: EngineId }) => engine === own;
  const named = (what: string, statistics: boolean) =>
    `${what} over depth${statistics ? ' with statistics' : ''}`;
  return [
    ...[...new Set(rows.map(sizeText))].flatMap((size) =>
      targetsOfSize(
        size,
        rows.filter((row) => sizeText(row) === size),
      ),
    ),
    ...depthLines(rows, 'step_ms')
      .filter(isOwn)
      .map(({ statistics, spread }) => ({
        what: named('spread of time per layer', statistics),
        most: 0.15,
        measured: spread,
      })),
    ...depthLines(rows, 'dispatches')
      .filter((line) => isOwn(line) && line.statistics)
      .map(({ statistics, slope }) => ({
        what: named('dispatches per layer', statistics),
        most: 30,
        measured: slope,
      })),
  ];
}
