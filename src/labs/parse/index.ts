import type { Heading, RootContent } from 'mdast';
import { fingerprint } from '../../lib/hash';
import type { Block, Lab, LabStep, Mistake } from '../lab';
import { createAttributes } from './attributes';
import { nameOf } from './directives';
import { readExercise, type Reading } from './exercises';
import { readFrontMatter } from './frontMatter';
import { createHtml } from './html';
import { DEEPEST, limitProblem } from './limits';
import { createMistakes, lineOf, type Mistakes } from './mistakes';
import { checkTree, definitionsOf, depthOf, parseMarkdown, wordsOf } from './tree';

/** The contents of a step, before its blocks are read. */
interface Section {
  heading: Heading | null;
  nodes: RootContent[];
}

/** The title of what stands before the first step. */
const INTRODUCTION = 'Introduction';

function sectionsOf(nodes: readonly RootContent[]): Section[] {
  const sections: Section[] = [{ heading: null, nodes: [] }];
  for (const node of nodes) {
    if (node.type === 'heading' && node.depth === 2) sections.push({ heading: node, nodes: [] });
    else if (node.type !== 'yaml' && node.type !== 'definition') sections.at(-1)!.nodes.push(node);
  }
  return sections.filter(({ heading, nodes }) => heading ?? nodes.length);
}

/** Prose and exercises, in their order. */
function blocksOf(nodes: readonly RootContent[], reading: Reading): Block[] {
  const blocks: Block[] = [];
  let prose: RootContent[] = [];
  const endProse = () => {
    if (prose.length)
      blocks.push({ kind: 'prose', line: lineOf(prose[0]!), content: reading.html(prose) });
    prose = [];
  };
  for (const node of nodes) {
    if (node.type === 'containerDirective') {
      endProse();
      const block = readExercise(node, reading);
      if (block) blocks.push(block);
    } else if (node.type === 'leafDirective') {
      const name = nameOf(node, reading.mistakes);
      if (name === 'page')
        reading.mistakes.add(
          node,
          '::page stands once in a step, first of all, right below its heading.',
        );
      else if (name === 'hint') reading.mistakes.add(node, '::hint stands in a :::check alone.');
    } else prose.push(node);
  }
  endProse();
  return blocks;
}

function stepOf({ heading, nodes }: Section, reading: Reading): LabStep {
  const { mistakes } = reading;
  const [first] = nodes;
  const page =
    first?.type === 'leafDirective' && first.name === 'page'
      ? createAttributes(first, 'page', mistakes)
      : null;
  const title = heading ? wordsOf(heading).trim() : INTRODUCTION;
  if (heading) reading.html([heading]);
  if (heading && !title) mistakes.add(heading, 'A step has no title; behind ## stand its words.');
  return {
    title,
    line: lineOf(heading ?? first ?? 1),
    page: page?.needed('link') == null ? null : page.link('link'),
    blocks: blocksOf(page ? nodes.slice(1) : nodes, reading),
  };
}

/**
 * A lab’s file, read. Never throws: what is wrong with it is told, and left out of the lab.
 *
 * @param id the name of its file, without `.md`
 * @returns null for the lab where there is no step to show
 */
export function readLab(text: string, id: string): { lab: Lab | null; mistakes: Mistake[] } {
  const clean = text.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n');
  const mistakes = createMistakes();
  const lab = read(clean, id, mistakes);
  return { lab, mistakes: mistakes.all() };
}

function read(text: string, id: string, mistakes: Mistakes): Lab | null {
  const limit = limitProblem(text);
  if (limit) {
    mistakes.add(limit.line, limit.reason);
    return null;
  }
  const tree = parseMarkdown(text);
  if (depthOf(tree) > DEEPEST) {
    mistakes.add(
      1,
      `Quotations, lists or emphasis stand in one another more than ${DEEPEST} deep.`,
    );
    return null;
  }
  checkTree(tree, text, mistakes);
  const [first] = tree.children;
  const about = readFrontMatter(first?.type === 'yaml' ? first : undefined, mistakes);
  const reading: Reading = {
    mistakes,
    html: createHtml(definitionsOf(tree), mistakes),
    ids: new Map(),
    blocks: (nodes) => blocksOf(nodes, reading),
  };
  const steps = sectionsOf(tree.children).map((section) => stepOf(section, reading));
  if (!steps.length) {
    mistakes.add(1, 'The lab has no steps; each begins with ## and its title.');
    return null;
  }
  return { id, ...about, steps, print: fingerprint(text) };
}
