import type { Root } from 'hast';
import type { Quantity } from '../config/quantity';
import { HIDEABLE, type Enlarged, type Hideable } from '../runs/view';
import type { LaneId } from '../runs/laneId';
import type { Expression } from './language/expression';

/** A fault of a lab’s file, with the line that it is in, from 1 on. */
export interface Mistake {
  line: number;
  /** One sentence that names the fault and what is allowed. */
  reason: string;
}

export const LAB_KINDS = ['lab', 'story'] as const;
/** A lab is done, with exercises and a report; a story is told over the page, step by step. */
export type LabKind = (typeof LAB_KINDS)[number];

/** A guided exercise or a story, as its file says it. */
export interface Lab {
  /** The name of its file, without `.md`. */
  id: string;
  kind: LabKind;
  title: string;
  /** The question that it begins with, for menus. */
  question: string;
  minutes: number;
  level: string;
  steps: readonly LabStep[];
  /** The fingerprint of its file: reports are of one version of a lab. */
  print: string;
}

/** A part of a lab that is on show at once; it begins with a heading of the second level. */
export interface LabStep {
  title: string;
  line: number;
  /** The page as the step begins, the part of a link after #; null leaves it as it is. */
  page: string | null;
  /** Of a story, what the page does as the step is told; nothing of a lab. */
  show: Show;
  blocks: readonly Block[];
}

/** Parts of the page that a story can point at. */
export const PARTS = [...HIDEABLE, 'play', 'share', 'claims', 'sweeps', 'labs', 'help'] as const;
export type Part = (typeof PARTS)[number];

export interface Show {
  /** The part that is framed. */
  at: Part | null;
  /** The step up to which all lanes train. */
  play: number | null;
  /** The recorded step on show; null is the present. */
  moment: number | null;
}
export const NO_SHOW: Show = { at: null, play: null, moment: null };

/** Prose is sanitized HTML as a tree. In it `lab-value` and `lab-term` are elements of labs, and formulas are `code.language-math`. */
export type Block = Prose | Predict | Do | Check | Reveal | Figure | Reflect;

interface Placed {
  line: number;
}

export interface Prose extends Placed {
  kind: 'prose';
  content: Root;
}

/** Exercises have an id, which is theirs alone in a lab. */
interface Exercise extends Placed {
  id: string;
  content: Root;
}

/** An answer that is recorded before the measurement is shown. */
export interface Predict extends Exercise {
  kind: 'predict';
  asks: Asks;
  /** Parts of the page that would tell the answer: left out until it is recorded. */
  hides: readonly Hideable[];
}

export type Asks =
  | {
      kind: 'choice';
      options: readonly { text: Root }[];
      /** From 0 on. */
      answer: number;
    }
  | {
      kind: 'number';
      /** After the number: `nats`, `times`; empty where it has none. */
      unit: string;
      /** The number as it is measured in the student’s own run. */
      measure: Expression;
      /** A distance of so many decades is still right; of numbers that may be negative or 0, `within` is of the difference. */
      decades: number;
      within: number | null;
    }
  | {
      kind: 'curve';
      /** The panel whose axes it is drawn over. */
      panel: Enlarged;
      lane: LaneId;
      /** By layer. */
      quantity: Quantity;
      step: number;
      decades: number;
    };

/** Something to be done on the page: it is done as soon as the condition holds. */
export interface Do extends Exercise {
  kind: 'do';
  when: Expression;
}

/** A predicate over the student’s own run, which is judged when it is asked for. */
export interface Check extends Exercise {
  kind: 'check';
  when: Expression;
  /** Shown one after the other. */
  hints: readonly Root[];
}

/** Shown once an exercise before it is answered. */
export interface Reveal extends Placed {
  kind: 'reveal';
  after: string;
  blocks: readonly Block[];
}

/** A figure of a panel, which the student makes and the report holds. */
export interface Figure extends Exercise {
  kind: 'figure';
  panel: Enlarged;
}

/** A question without a right answer. */
export interface Reflect extends Exercise {
  kind: 'reflect';
  /** Words that are asked for at least. */
  words: number;
}
