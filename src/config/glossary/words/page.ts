import { words } from './word';

/** Words that this page uses in a sense of its own. */
export const PAGE = words({
  lane: {
    note: 'One configuration with its model, its colour and its curves. Up to four run in lock step on the same data.',
  },
  'lock step': {
    note: 'All lanes make a step before any of them makes the next, on the same data.',
  },
  stack: {
    isPlain: true,
    note: 'All layers of a model, from the embedding to the unembedding; also their drawing above the panels.',
  },
  live: {
    note: 'The page shows the newest step. Else it shows a step of the past, while training goes on or rests.',
  },
  site: {
    isPlain: true,
    note: 'A named point of the model at which the page measures, such as resid_post, the stream as it leaves a block.',
  },
  statistic: {
    isPlain: true,
    note: 'One number that is measured of a tensor, such as its RMS.',
  },
  baseline: {
    note: 'The lane that the others are held against, layer by layer: divided by it, or less it where values may be 0.',
  },
  ghost: {
    also: ['pinned moment'],
    note: 'A moment that was pinned: its curves stay behind, dashed, whatever is changed.',
  },
  band: {
    note: 'Of seeds: from the 10th percentile to the 90th. Of an alarm: from the smallest to the largest value of the last 50 steps.',
  },
  'beyond chance': {
    note: 'Lanes differ by more than what their seeds bring: a paired t-test at each layer, with Holm’s levels, so that lanes that do not differ are told to differ in 5 % of the cases at most.',
    source: 'Holm 1979, A Simple Sequentially Rejective Multiple Test Procedure',
  },
  alarm: {
    note: 'The first sign that a run goes wrong, found by a rule: at a step, a site and a layer.',
  },
  remedy: {
    note: 'A single change of the settings that may keep a run from an alarm, tried in a fork from before its first sign.',
  },
  fork: {
    note: 'A new lane that goes on from a step of another one, with other settings.',
  },
  checkpoint: {
    note: 'All that the next steps depend on: weights, moments of the optimizer, statistics, random draws. Training goes on from it with the same bits.',
  },
  'slow motion': {
    note: 'One step, site by site, forward and then backward, beside the step before.',
  },
  parting: {
    isPlain: true,
    also: ['where lanes part'],
    note: 'The first step, and in it the first site, at which two lanes differ by more than rounding.',
  },
  waterfall: {
    note: 'A quantity of every layer and step at once, as colours: depth upward, steps from left to right.',
  },
  trace: {
    isPlain: true,
    note: 'A curve of any quantity against the step.',
  },
  'equal fractions of the depth': {
    also: ['fraction of the depth', 'depth by fraction'],
    formula: String.raw`(l + \tfrac12)/L`,
    note: 'Layers of lanes with different numbers of layers stand over one another by how far through the stack they are.',
  },
  preset: {
    note: 'Settings that belong together, such as those of a known model, set at once.',
  },
  sweep: {
    note: 'A grid of runs over one or two settings, with one result of each.',
  },
  cell: {
    note: 'One place of a sweep’s map: the runs with one value of each setting, one for every seed.',
  },
  claim: {
    note: 'A finding of a paper, run here under several seeds, with a verdict that is computed from the numbers.',
  },
  verdict: {
    note: 'What running a claim gave: reproduced, direction only (the sign without the size), or not at this size.',
  },
  probe: {
    isPlain: true,
    note: 'A short trial, such as of how long a step takes, before the page says how long the work will take.',
  },
  record: {
    isPlain: true,
    note: 'Everything that was measured of a run, step by step, as a file.',
  },
  session: {
    isPlain: true,
    note: 'What was trained here, kept by the browser, so that it can be gone on with later.',
  },
  lab: {
    isPlain: true,
    note: 'An exercise that is done on the page, with predictions, experiments and a report.',
  },
});
