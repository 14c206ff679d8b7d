import { CHOICES } from '../config/choices';
import { presetOf, PRESETS, type PresetId } from '../config/presets';
import { normsUsed } from '../config/applies';
import { layerPlans } from '../config/layers';
import type { Config } from '../config/fields';
import { norms } from '../config/norms';
import { placements } from '../config/placements';
import { perObject } from '../lib/objects';
import { lanesOf } from './links';
import { CLAIMS } from '.';
import { PHENOMENA, VERDICTS, type Claim, type Outcome, type Phenomenon } from './claim';
import type { Results } from './results';

/** Placements, norms and further choices of these lanes that a person may look for, and the presets that they are. */
function namesIn(config: Config): string[] {
  const { qk_norm, residual_scale, inner_norm, weight_reparam, norm_scale } = config;
  return [
    presetOf(config)?.label ?? '',
    ...layerPlans(config).map(({ placement }) => placements[placement].label),
    ...normsUsed(config).map((id) => norms[id].label),
    qk_norm === 'none' ? '' : `QK-norm ${CHOICES.qk_norm[qk_norm].label}`,
    residual_scale === 'one' ? '' : CHOICES.residual_scale[residual_scale].label,
    inner_norm === 'none' ? '' : CHOICES.inner_norm[inner_norm].label,
    weight_reparam === 'none' ? '' : CHOICES.weight_reparam[weight_reparam].label,
    norm_scale === 'one' ? '' : CHOICES.norm_scale[norm_scale].label,
  ];
}

/** Small letters without accents, one kind of hyphen, and no other punctuation. */
const plain = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/[‐‑–]/g, '-')
    .replace(/[^\p{L}\p{N}/.+-]+/gu, ' ')
    .toLowerCase();

/** Presets that a claim is about by more than one of its lanes. */
const ABOUT: Record<string, readonly PresetId[]> = {
  'xiong-lemma-2': ['xiong_pre', 'xiong_post'],
  'xiong-last-layer-gradient': ['xiong_pre', 'xiong_post'],
  'xiong-gradient-by-layer': ['xiong_pre', 'xiong_post'],
  'batchnorm-leak': ['batchnorm_leak'],
  'batchnorm-leak-in-training': ['batchnorm_leak'],
};

/** Names of a claim that stand for themselves: of its lanes, of what these are made of, and of presets. */
const namesOf = perObject(
  (claim: Claim) =>
    new Set(
      [
        ...claim.lanes,
        ...lanesOf(claim).flatMap(namesIn),
        ...(ABOUT[claim.id] ?? []).map((id) => PRESETS[id]!.label),
      ]
        .filter(Boolean)
        .map(plain),
    ),
);

/** All words by which a claim is found: its paper, its norms and placements, its phenomena. */
const wordsOf = perObject((claim: Claim): string =>
  [
    claim.id,
    claim.title,
    claim.source.authors,
    String(claim.source.year),
    claim.source.title,
    claim.figure,
    ...claim.phenomena.map((phenomenon) => PHENOMENA[phenomenon]),
  ]
    .map(plain)
    .concat(...namesOf(claim))
    .join(' '),
);

/** A query for claims that have a lane of this name, and not the word in some other sense. */
export const byName = (name: string): string => `"${name}"`;

/** The words and filters that a gallery is asked for. */
export interface Query {
  words: string;
  phenomenon?: Phenomenon | undefined;
  outcome?: Outcome | undefined;
}

/** A query out of its text in a link, `open/gradient/no:post-LN`; what is neither phenomenon nor outcome is left out. */
export function queryIn(text: string): Query {
  const [, chosen = '', words = ''] = /^open([^:]*):?(.*)$/s.exec(text) ?? [];
  const chips = chosen.split('/');
  return {
    words,
    phenomenon: (Object.keys(PHENOMENA) as Phenomenon[]).find((id) => chips.includes(id)),
    outcome: (Object.keys(VERDICTS) as Outcome[]).find((id) => chips.includes(id)),
  };
}

export const queryText = ({ words, phenomenon, outcome }: Query): string =>
  ['open', phenomenon, outcome].filter(Boolean).join('/') + (words && `:${words}`);

/** The words of a verdict stand together; what stands in quotation marks is a name, whole. */
const TERM = new RegExp(`(${Object.values(VERDICTS).join('|')})|["“]([^"”]+)["”]|[^\\s"“”]+`, 'gi');

/** Words of a query. */
function termsOf(query: string, results: Results): ((claim: Claim) => boolean)[] {
  return [...query.matchAll(TERM)].flatMap(([word, verdict, name]) => {
    if (verdict) return [({ id }: Claim) => results[id]?.verdict === verdict.toLowerCase()];
    const wanted = plain(name ?? word).trim();
    if (!wanted) return [];
    return name === undefined
      ? [(claim: Claim) => wordsOf(claim).includes(wanted)]
      : [(claim: Claim) => namesOf(claim).has(wanted)];
  });
}

/** Claims that have every word of a query somewhere, and the phenomenon and the outcome where these are asked for. */
export function claimsFor(
  { words, phenomenon, outcome }: Query,
  results: Results = {},
  claims: readonly Claim[] = CLAIMS,
): Claim[] {
  const terms = termsOf(words, results);
  return claims.filter(
    (claim) =>
      (!phenomenon || claim.phenomena.includes(phenomenon)) &&
      (!outcome || results[claim.id]?.verdict === VERDICTS[outcome]) &&
      terms.every((has) => has(claim)),
  );
}
