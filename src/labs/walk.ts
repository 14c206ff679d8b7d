import type { Element, Root } from 'hast';
import { visit } from 'unist-util-visit';
import type { Block, Lab, LabStep } from './lab';

export type LabExercise = Extract<Block, { id: string }>;

/** All blocks in their order; what a reveal holds follows it. */
export const blocksIn = (blocks: readonly Block[]): Block[] =>
  blocks.flatMap((block) =>
    block.kind === 'reveal' ? [block, ...blocksIn(block.blocks)] : [block],
  );

/** The exercises of a lab with their steps, in their order. */
export const exercisesOf = ({
  steps,
}: Pick<Lab, 'steps'>): { step: LabStep; exercise: LabExercise }[] =>
  steps.flatMap((step) =>
    blocksIn(step.blocks).flatMap((exercise) => ('id' in exercise ? [{ step, exercise }] : [])),
  );

/** All prose of a block but that of blocks in it. */
function contentsOf(block: Block): Root[] {
  switch (block.kind) {
    case 'reveal':
      return [];
    case 'check':
      return [block.content, ...block.hints];
    case 'predict':
      return block.asks.kind === 'choice'
        ? [block.content, ...block.asks.options.map(({ text }) => text)]
        : [block.content];
    default:
      return [block.content];
  }
}

/** A number that a lab prints, and what it is of. */
export interface PrintedValue {
  line: number;
  printed: string;
  /** An expression with one number. */
  of: string;
  /** The page on which it is measured, the part of a link after #; null is the page as it opens. */
  page: string | null;
  /** The tolerance as it is written, `2%` or `0.05`; null is what the printed digits say. */
  within: string | null;
}

const textOf = (node: Element | Root): string =>
  node.children
    .map((child) =>
      child.type === 'text' ? child.value : 'children' in child ? textOf(child as Element) : '',
    )
    .join('');

/** The link of a step’s page, which is that of the step before where it has none; null before the first. */
export const pageAt = ({ steps }: Pick<Lab, 'steps'>, step: LabStep): string | null =>
  steps.slice(0, steps.indexOf(step) + 1).findLast(({ page }) => page !== null)?.page ?? null;

/** The expressions of numbers that a step shows of the run in front of the reader. */
export function liveIn({ blocks }: LabStep): readonly string[] {
  const found = new Set<string>();
  for (const content of blocksIn(blocks).flatMap(contentsOf))
    visit(content, 'element', ({ tagName, properties }) => {
      if (tagName === 'lab-live' && typeof properties.of === 'string') found.add(properties.of);
    });
  return [...found];
}

/** The printed numbers of a lab, in their order. */
export const valuesOf = (lab: Pick<Lab, 'steps'>): PrintedValue[] =>
  lab.steps.flatMap((step) => {
    const found: PrintedValue[] = [];
    const textual = (value: unknown) => (typeof value === 'string' ? value : null);
    for (const content of blocksIn(step.blocks).flatMap(contentsOf))
      visit(content, 'element', (element) => {
        const { of, page, within } = element.properties;
        if (element.tagName !== 'lab-value' || typeof of !== 'string') return;
        found.push({
          line: element.position?.start.line ?? step.line,
          printed: textOf(element),
          of,
          page: textual(page) ?? pageAt(lab, step),
          within: textual(within),
        });
      });
    return found;
  });
