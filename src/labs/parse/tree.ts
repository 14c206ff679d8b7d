import type { Definition, Heading, Nodes, Root } from 'mdast';
import remarkDirective from 'remark-directive';
import remarkFrontmatter from 'remark-frontmatter';
import remarkGfm from 'remark-gfm';
import remarkMath from 'remark-math';
import remarkParse from 'remark-parse';
import { unified } from 'unified';
import { visit, SKIP } from 'unist-util-visit';
import { shortened } from '../../lib/words';
import type { Mistakes } from './mistakes';

const processor = unified()
  .use(remarkParse)
  .use(remarkFrontmatter, ['yaml'])
  .use(remarkGfm)
  .use(remarkMath)
  .use(remarkDirective);

export const parseMarkdown = (text: string): Root => processor.parse(text);

/** Depth of a tree; counted without recursion, which a hostile one would exhaust. */
export function depthOf(tree: Nodes): number {
  let depth = 0;
  for (let row: Nodes[] = [tree]; row.length; depth++)
    row = row.flatMap((node) => ('children' in node ? (node.children as Nodes[]) : []));
  return depth;
}

/** The words of a node, without their form. */
export const wordsOf = (node: Nodes): string =>
  'value' in node
    ? node.value
    : 'children' in node
      ? (node.children as Nodes[]).map(wordsOf).join('')
      : '';

export const definitionsOf = (tree: Root): Definition[] => {
  const found: Definition[] = [];
  visit(tree, 'definition', (node) => void found.push(node));
  return found;
};

const COMMENT = /^<!--(?:(?!-->)[^])*-->\s*$/;

/** Tells of what labs have no use for, wherever it stands. */
export function checkTree(tree: Root, text: string, mistakes: Mistakes): void {
  const lines = text.split('\n');
  const colonsOf = (line: number) => /^[\s>]*(:{2,})/.exec(lines[line - 1] ?? '')?.[1]?.length ?? 0;
  const atTop = new Set<Heading>(tree.children.filter((node) => node.type === 'heading'));
  visit(tree, (node) => {
    switch (node.type) {
      case 'html':
        if (!COMMENT.test(node.value))
          mistakes.add(
            node,
            `HTML is not kept: “${shortened(node.value.trim())}”; labs are written in Markdown and its directives. A < that begins none is written \\<.`,
          );
        break;
      case 'footnoteReference':
        mistakes.add(node, 'Labs have no footnotes; what is said in one stands in the text.');
        break;
      case 'footnoteDefinition':
        return SKIP;
      case 'heading':
        if (node.depth === 1)
          mistakes.add(node, 'A lab has its title from the front matter; steps begin with ##.');
        else if (node.depth === 2 && !atTop.has(node))
          mistakes.add(
            node,
            'A step begins in something that goes on: close it before with as many colons as it began with.',
          );
        break;
      case 'containerDirective': {
        const { start, end } = node.position!;
        const colons = colonsOf(start.line);
        const last = lines[end.line - 1] ?? '';
        const isClosed =
          end.line > start.line && /^[\s>]*:{3,}\s*$/.test(last) && colonsOf(end.line) >= colons;
        if (!isClosed)
          mistakes.add(
            node,
            `${shortened(node.name)} is not closed: after it stands a line of ${':'.repeat(Math.max(colons, 3))}, and what it holds has fewer colons.`,
          );
        break;
      }
      case 'paragraph': {
        const [first] = node.children;
        const colons = first?.type === 'text' ? /^:{2,}/.exec(first.value)?.[0] : undefined;
        if (node.data?.directiveLabel)
          mistakes.add(node, 'Words in brackets belong to ::hint, :value and :term alone.');
        else if (colons !== undefined)
          mistakes.add(
            node,
            wordsOf(node).trim() === colons
              ? `This ${colons} closes nothing; what holds another directive has more colons than that.`
              : `A line begins with ${colons} and is no directive; one is written ${colons}name{…}, without spaces.`,
          );
        break;
      }
      default:
    }
    return undefined;
  });
}
