import type { Heading, RootContent } from 'mdast';
import { fingerprint } from '../../lib/hash';
import {
  NO_SHOW,
  PARTS,
  type Block,
  type Lab,
  type LabStep,
  type Mistake,
  type Show,
} from '../lab';
import { createAttributes, type Attributes } from './attributes';
import { nameOf } from './directives';
import { readExercise, type Reading } from './exercises';
import { readFrontMatter } from './frontMatter';
import { createHtml } from './html';
import { checkLanes } from './lanes';
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
      const isLab = reading.kind === 'lab';
      if (name === 'page' || (name === 'show' && !isLab))
        reading.mistakes.add(
          node,
          name === 'page'
            ? '::page stands once in a step, first of all, right below its heading.'
            : '::show stands once in a step, right below its heading or its ::page.',
        );
      else if (name === 'show')
        reading.mistakes.add(node, '::show stands in a story alone, which has kind: story.');
      else if (name === 'hint') reading.mistakes.add(node, '::hint stands in a :::check alone.');
    } else prose.push(node);
  }
  endProse();
  return blocks;
}

/** The attributes of a directive that a step begins with, which is taken away from its contents; null where it is not there. */
function takeFirst(nodes: RootContent[], name: 'page' | 'show', mistakes: Mistakes) {
  const [first] = nodes;
  if (first?.type !== 'leafDirective' || first.name !== name) return null;
  nodes.shift();
  return createAttributes(first, name, mistakes);
}

function showOf(attributes: Attributes | null): Show {
  if (!attributes) return NO_SHOW;
  const given = (name: string) => attributes.text(name) !== undefined;
  if (!given('at') && !given('play') && !given('moment')) attributes.needed('at');
  return {
    at: given('at') ? attributes.oneOf('at', PARTS) : null,
    play: given('play') ? attributes.whole('play', 1) : null,
    moment: given('moment') ? attributes.whole('moment', 0) : null,
  };
}

function stepOf({ heading, nodes: all }: Section, reading: Reading): LabStep {
  const { kind, mistakes } = reading;
  const [first] = all;
  const nodes = [...all];
  const page = takeFirst(nodes, 'page', mistakes);
  const show = kind === 'story' ? takeFirst(nodes, 'show', mistakes) : null;
  const title = heading ? wordsOf(heading).trim() : INTRODUCTION;
  if (heading) reading.html([heading]);
  if (heading && !title) mistakes.add(heading, 'A step has no title; behind ## stand its words.');
  return {
    title,
    line: lineOf(heading ?? first ?? 1),
    page: page?.needed('link') == null ? null : page.link('link'),
    show: showOf(show),
    blocks: blocksOf(nodes, reading),
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
    kind: about.kind,
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
  checkLanes(steps, mistakes);
  return { id, ...about, steps, print: fingerprint(text) };
}
