import type { Config } from '../config/fields';
import type { Evaluation } from '../protocol/evaluation';
import type { Measurement } from '../protocol/frame';

/** A paper, as it is cited. */
export interface Source {
  /** As in `Xiong et al.` */
  authors: string;
  year: number;
  title: string;
  url: string;
}

/** Subjects of findings, by which the gallery is searched. */
export const PHENOMENA = {
  magnitude: 'size of the stream',
  gradient: 'gradients through depth',
  alignment: 'tokens that align',
  attention: 'scores and entropy of attention',
  statistics: 'statistics over the batch',
  precision: 'arithmetic',
  training: 'training',
} as const;
export type Phenomenon = keyof typeof PHENOMENA;

export interface Moment {
  step: number;
  measured: Measurement;
  /** Of a configuration that is used otherwise than it is trained. */
  evaluation?: Evaluation;
}

/** One lane of a claim under one seed: what was measured at each of the claim’s steps, in their order. */
export interface Run {
  config: Config;
  moments: Moment[];
}

/** Numbers that a claim is judged by, each by its name in words. */
export type Measures = Record<string, number>;

/** A number of every seed, with mean and standard deviation over them. */
export interface Spread {
  mean: number;
  sd: number;
  values: number[];
}

/** `direction`: the sign of the finding without its size; `no`: neither. */
export type Outcome = 'yes' | 'direction' | 'no';

export const VERDICTS = {
  yes: 'reproduced',
  direction: 'direction only',
  no: 'not at this size',
} as const satisfies Record<Outcome, string>;
export type Verdict = (typeof VERDICTS)[Outcome];

/** A finding of a paper, and how it is found here. */
export interface Claim {
  id: string;
  /** The finding as one sentence. */
  title: string;
  source: Source;
  /** Where in the source: `figure 3 (c, d)`, `lemma 2`. */
  figure: string;
  phenomena: readonly Phenomenon[];
  /**
   * Pages that show it, as the part of a link after #: lanes, panels, baseline, theory, moment. What is run are the lanes
   * of all of them, in this order.
   */
  links: readonly string[];
  /** A name for each of these lanes. */
  lanes: readonly string[];
  /** Number of seeds that it is run under, from 0 on. None is called reproduced on one. */
  seeds: number;
  /** Steps whose frames are measured, rising; [0] alone of a finding at initialization. */
  steps: readonly number[];
  /** Numbers of one seed. `runs` are the lanes, in their order. */
  measure(runs: Run[]): Measures;
  predicate(measured: Record<string, Spread>): Outcome;
  /** The finding of the source, in its words and numbers; what we infer from it is in the note. */
  published: string;
  /** The measurement, in the same words. */
  says(measured: Record<string, Spread>): string;
  /** The bounds that are asked for, differences from the source and why; of what is not found here, what was tried. */
  note: string;
  /** The quantity of the thumbnail (`resid_post/rms`, `loss`), by layer at the last of its steps, or over steps. */
  picture: {
    quantity: string;
    along: 'layer' | 'step';
    scale: 'linear' | 'log';
    /** The numbers of the claim are squares of the quantity. */
    isSquared?: true;
  };
}

/** The outcome of running a claim; `results.json` holds one for each claim, by its id. */
export interface Result {
  verdict: Verdict;
  seeds: number;
  measured: Record<string, Spread>;
  /** `says` of these. */
  said: string;
  /** Lanes of the thumbnail, means over seeds with the least and greatest of them; null where a number is not finite. */
  picture: {
    x: number[];
    lanes: {
      name: string;
      mean: (number | null)[];
      low: (number | null)[];
      high: (number | null)[];
    }[];
  };
  /** A print of what was run (lanes, seeds, steps): a result of another one is out of date. */
  print: string;
}
