import { BLOCK_SITES } from '../../../config/sites';
import { checkTargets, type Targets } from './check';
import type { ColumnRow } from './rows';

const LOSS = '(?:(?:lm|ce|nll|xent|batch|epoch)_)?loss|cross_entropy|nll|xent';
const ACCURACY = '(?:token_)?acc(?:uracy)?';
const HELD_OUT = '(?:val|valid|validation|eval|evaluation|test|dev)';

/** Columns of a whole run, by names that other programs give them. */
const OF_RUN: readonly [names: string, target: string][] = [
  ['(?:global|optimizer)_step|steps?|iter|iters|iteration|iterations|updates?', 'step'],
  [`${LOSS}|value`, 'loss'],
  [`${HELD_OUT}_(?:${LOSS})`, 'evaluation/loss'],
  [ACCURACY, 'output/accuracy'],
  [`${HELD_OUT}_${ACCURACY}`, 'evaluation/output/accuracy'],
  ['lr|learning_rate|lr_[a-z]+', 'output/lr'],
  ['(?:total_|global_)?grad(?:ient)?_norm', 'output/grad_norm'],
  ['(?:loss|grad)_scale', 'output/loss_scale'],
  ['logits?_rms', 'output/logit_rms'],
  ['(?:output|logits?|prediction)_entropy', 'output/output_entropy'],
];

/** Statistics of a layer by words that stand for them; the first that is there counts. */
const STATISTICS: readonly [words: RegExp, statistic: string][] = [
  [/_(absmax|max_abs|abs_max)_/, 'absmax'],
  [/_(kurtosis|kurt)_/, 'kurtosis'],
  [/_(grad|gradient)_.*rms_|_rms_.*(grad|gradient)_/, 'grad_rms'],
  // The norm of a gradient is no root mean square.
  [/_(grad|gradient)_/, ''],
  [/_rms_/, 'rms'],
  [/_mean_/, 'mean'],
];

/** Sites by words that stand for them: their own names, then others’. */
const SITES: readonly [words: RegExp, site: string][] = [
  ...Object.keys(BLOCK_SITES)
    .toSorted((a, b) => b.length - a.length)
    .map((site): [RegExp, string] => [new RegExp(`_${site.replace('.', '_')}_`), site]),
  [/_(attn|attention)_/, 'attn_out'],
  [/_(mlp|ffn|ff)_/, 'mlp_out'],
  [/_/, 'resid_post'],
];

const LAYER = /_(?:layers?|blocks?|h|l)_?\{(\w+)\}_/;
const HEAD = /_heads?_?\{(\w+)\}_/;
const OF_HEAD = /_(entropy|max_logit|sink|distance)_/;

const firstOf = (table: readonly (readonly [RegExp, string])[], words: string): string =>
  table.find(([found]) => found.test(words))?.[1] ?? '';

/** A name in small letters, its words between low lines, without the name of a run before it. */
const wordsOf = (pattern: string): string => {
  const words = pattern
    .replace(/^.* - /, '')
    .toLowerCase()
    .replace(/[^a-z0-9{}]+/g, '_');
  return `_${words}_`
    .replace(/__+/g, '_')
    .replace(/^_(?:(?:train|trainer|training|metrics?|stats?)_)+(?=.)/, '_');
};

/** The place of a layer's number in a target; layers that count from 1 begin at 0 here. */
function layerPlace({ pattern, numbers }: ColumnRow, letter: string): string {
  const place = [...pattern.matchAll(/\{(\w+)\}/g)].findIndex(([, own]) => own === letter);
  const least = Math.min(...numbers.map((own) => own[place] ?? 0));
  return least === 1 ? `{${letter}-1}` : `{${letter}}`;
}

/** The column that a row probably is; empty where nothing tells. */
function guess(row: ColumnRow): string {
  const words = wordsOf(row.pattern);
  const ofRun = OF_RUN.find(([names]) => new RegExp(`^_(?:${names})_$`).test(words));
  if (ofRun) return ofRun[1];
  const layer = LAYER.exec(words)?.[1];
  if (layer === undefined) return '';
  const block = `blocks.${layerPlace(row, layer)}`;
  const head = HEAD.exec(words)?.[1];
  const ofHead = OF_HEAD.exec(words)?.[1];
  if (ofHead) return `${block}.attn/${ofHead}${head === undefined ? '' : `/{${head}}`}`;
  const statistic = firstOf(STATISTICS, words);
  return statistic && `${block}.${firstOf(SITES, words)}/${statistic}`;
}

/** Guesses for rows of which none contradicts another, or a column that is known: who comes first has it. */
export function guessTargets(rows: readonly ColumnRow[], known: readonly string[]): Targets {
  const all = Object.fromEntries(rows.map((row) => [row.pattern, guess(row)]));
  const { problems } = checkTargets(rows, known, all);
  return Object.fromEntries(
    Object.entries(all).filter(([pattern, target]) => target !== '' && !problems.has(pattern)),
  );
}
