import { perObject } from '../lib/objects';
import { nearest, shortened } from '../lib/words';
import { BLOCK_SITES, type BlockSite, type Sublayer } from './blockSites';
import { layersText, parseLayers, parseList, turned, type LayerRange } from './ranges';

/** Steps, both ends included; an open end is Infinity. */
export interface StepRange {
  from: number;
  to: number;
}

export type Action =
  /** The branch is multiplied by a factor before the stream takes it. */
  | { kind: 'scale'; sublayer: Sublayer; factor: number }
  /** The output of one attention head is set to 0. */
  | { kind: 'silence'; head: number }
  /** N(0, std²) is added to what flows at a site. */
  | { kind: 'noise'; site: BlockSite; std: number }
  /** The sublayer's parameters are not updated. */
  | { kind: 'freeze'; sublayer: Sublayer };

export type Intervention = { layers: LayerRange; steps: StepRange } & Action;

export const ALWAYS: StepRange = { from: 0, to: Infinity };

const isSublayer = (text: string): text is Sublayer => text === 'attn' || text === 'mlp';
/** Where noise may be added: what flows between the parts of a block, and within attention. */
const isSite = (text: string): text is BlockSite => Object.hasOwn(BLOCK_SITES, text);

const EXAMPLES =
  '4-7:scale.attn=0.5, 3:silence=2, 5:noise.resid_post=0.1 or 0-3:freeze.mlp@100-199';

/** `@100` from a step on, `@100-199` for these. */
function parseSteps(text: string | undefined): StepRange | null {
  if (text === undefined) return ALWAYS;
  const match = /^(\d{1,9})(?:-(\d{1,9})?)?$/.exec(text);
  if (!match) return null;
  const from = Number(match[1]);
  const to = match[2] === undefined ? Infinity : Number(match[2]);
  return from <= to ? { from, to } : null;
}

const number = (text: string | undefined): number =>
  text !== undefined && /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : NaN;

/** Each kind of action from what follows its name: `.attn=0.5`. A text says what is wrong. */
const ACTIONS: Record<Action['kind'], (of: string, value: string | undefined) => Action | string> =
  {
    scale: (of, value) => {
      const factor = number(value);
      if (!isSublayer(of)) return 'scale needs a branch: scale.attn=0.5 or scale.mlp=0.5';
      if (!Number.isFinite(factor) || Math.abs(factor) > 1e6)
        return 'scale needs a factor, such as 0.5';
      return { kind: 'scale', sublayer: of, factor };
    },
    silence: (of, value) =>
      of || !/^\d{1,3}$/.test(value ?? '')
        ? 'silence needs a head, counted from 0: silence=2'
        : { kind: 'silence', head: Number(value) },
    noise: (of, value) => {
      const std = number(value);
      if (!isSite(of)) {
        const meant = nearest(of, Object.keys(BLOCK_SITES));
        const guess = meant ? ` (did you mean ${meant}?)` : '';
        return `noise needs a site${guess}, one of ${Object.keys(BLOCK_SITES).join(', ')}`;
      }
      if (!(std >= 0 && std <= 1e6))
        return 'noise needs a standard deviation from 0 on, such as 0.1';
      return { kind: 'noise', site: of, std };
    },
    freeze: (of, value) =>
      !isSublayer(of) || value !== undefined
        ? 'freeze needs a branch: freeze.attn or freeze.mlp'
        : { kind: 'freeze', sublayer: of },
  };

function parseOne(text: string): Intervention | string {
  const wrong = (what: string) => `“${shortened(text)}”${what}`;
  const match = /^([^:]*):([a-z]+)(?:\.([\w.]+))?(?:=([^@]*))?(?:@(.*))?$/.exec(text);
  const range = match?.[1]!.trim() ?? '';
  if (turned(range))
    return wrong(`: layers are written from the first to the last: ${turned(range)}`);
  const layers = parseLayers(range);
  const parse = (ACTIONS as Partial<typeof ACTIONS>)[match?.[2] as Action['kind']];
  if (!match || !layers || !parse) {
    // The rest of a number that a comma has cut: scale.attn=0,5.
    const point = /^\d+(@|$)/.test(text) ? '; decimals are written with a point: 0.5' : '';
    const meant = nearest(match?.[2] ?? '', Object.keys(ACTIONS));
    const guess = meant && !parse ? ` (did you mean ${meant}?)` : '';
    return wrong(` is not an intervention${guess} such as ${EXAMPLES}${point}`);
  }
  const action = parse(match[3] ?? '', match[4]);
  if (typeof action === 'string') return wrong(`: ${action}`);
  const steps = parseSteps(match[5]);
  if (!steps) {
    const forward = turned(match[5] ?? '');
    return wrong(
      forward
        ? `: steps are written from the first to the last: @${forward}`
        : ': steps are written as @100 (from there on) or @100-199',
    );
  }
  return { layers, steps, ...action };
}

/** Interventions separated by commas, and what was wrong with the first that is none. */
export function parseInterventions(text: string) {
  const { items: interventions, problem } = parseList(text, parseOne);
  return { interventions, problem };
}

export const interventionsOf = perObject(
  (config: { interventions: string }) => parseInterventions(config.interventions).interventions,
);

function actionText(action: Action): string {
  switch (action.kind) {
    case 'scale':
      return `scale.${action.sublayer}=${action.factor}`;
    case 'silence':
      return `silence=${action.head}`;
    case 'noise':
      return `noise.${action.site}=${action.std}`;
    case 'freeze':
      return `freeze.${action.sublayer}`;
  }
}

const stepsText = ({ from, to }: StepRange): string => {
  if (to !== Infinity) return `@${from}-${to}`;
  return from === 0 ? '' : `@${from}`;
};

export const formatInterventions = (interventions: Intervention[]): string =>
  interventions
    .map((one) => `${layersText(one.layers)}:${actionText(one)}${stepsText(one.steps)}`)
    .join(',');

export const activeAt = (interventions: Intervention[], layer: number, step: number) =>
  interventions.filter(
    ({ layers, steps }) =>
      layer >= layers.from && layer <= layers.to && step >= steps.from && step <= steps.to,
  );
