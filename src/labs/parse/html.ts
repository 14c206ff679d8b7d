import type { Element, Root } from 'hast';
import type { Definition, Root as Markdown, RootContent } from 'mdast';
import rehypeSanitize, { defaultSchema, type Options as Schema } from 'rehype-sanitize';
import remarkRehype, { type Options } from 'remark-rehype';
import { unified } from 'unified';
import { visit } from 'unist-util-visit';
import { shortened } from '../../lib/words';
import { createAttributes } from './attributes';
import { nameOf, type TextDirective } from './directives';
import { isBeside, linkProblems } from './links';
import type { Mistakes } from './mistakes';
import { termProblem } from './terms';
import { wordsOf } from './tree';

/** Elements that Markdown gives, and those of labs; nothing else is kept. */
const SCHEMA: Schema = {
  tagNames: [
    ...['a', 'blockquote', 'br', 'code', 'del', 'em', 'h3', 'h4', 'h5', 'h6', 'hr', 'img', 'input'],
    ...['li', 'ol', 'p', 'pre', 'strong', 'table', 'tbody', 'td', 'th', 'thead', 'tr', 'ul'],
    ...['lab-value', 'lab-live', 'lab-term'],
  ],
  attributes: {
    a: ['href', 'title'],
    code: [['className', /^language-\w+$/, 'math-inline', 'math-display']],
    img: ['src', 'alt', 'title'],
    input: [['disabled', true], ['type', 'checkbox'], 'checked'],
    li: [['className', 'task-list-item']],
    ol: ['start', ['className', 'contains-task-list']],
    ul: [['className', 'contains-task-list']],
    td: ['align'],
    th: ['align'],
    'lab-value': ['of', 'page', 'within'],
    'lab-live': ['of'],
  },
  protocols: { href: ['http', 'https', 'mailto'] },
  required: { input: { disabled: true, type: 'checkbox' } },
  ...(defaultSchema.ancestors ? { ancestors: defaultSchema.ancestors } : {}),
  strip: ['script', 'style'],
};

type Handlers = NonNullable<Options['handlers']>;

/** A number that is measured, with what it is of. */
function valueAttributes(node: TextDirective, mistakes: Mistakes): Element['properties'] {
  const attributes = createAttributes(node, 'value', mistakes);
  const of = attributes.expression('of', 'number');
  const page = attributes.link('page');
  const within = attributes.text('within');
  if (within !== undefined && !/^\d+(\.\d+)?%?$/.test(within))
    attributes.wrong('within', 'it must be a number or a percentage, such as 0.05 or 2%.');
  return {
    ...(of ? { of: of.text } : {}),
    ...(page === null ? {} : { page }),
    ...(within === undefined ? {} : { within }),
  };
}

/** A number of the run in front of the reader, by what it is of. */
function liveAttributes(node: TextDirective, mistakes: Mistakes): Element['properties'] {
  const of = createAttributes(node, 'live', mistakes).expression('of', 'number');
  return of ? { of: of.text } : {};
}

const propertiesOf = {
  value: valueAttributes,
  live: liveAttributes,
  term: (node: TextDirective, mistakes: Mistakes): Element['properties'] => {
    createAttributes(node, 'term', mistakes);
    const term = wordsOf(node).trim();
    const problem = term && termProblem(term);
    if (problem) mistakes.add(node, problem);
    return {};
  },
};

const handlersFor = (mistakes: Mistakes): Handlers => ({
  textDirective(state, node: TextDirective): Element | undefined {
    const name = nameOf(node, mistakes);
    if (name !== 'value' && name !== 'term' && name !== 'live') return undefined;
    if (!node.children.length && name !== 'live')
      mistakes.add(node, `${name} has no words in brackets, as in :${name}[…].`);
    return {
      type: 'element',
      tagName: `lab-${name}`,
      properties: propertiesOf[name](node, mistakes),
      children: state.all(node),
      position: node.position,
    };
  },
  html: () => undefined,
  leafDirective: () => undefined,
  containerDirective: () => undefined,
});

/** Tells of links and images that will not be kept, and drops them; what is in a link stays. */
const checkAddresses = (mistakes: Mistakes) => () => (tree: Root) => {
  visit(tree, 'element', (element) => {
    const { tagName, properties } = element;
    if (tagName === 'a') {
      const href = String(properties.href ?? '');
      const problems = linkProblems(href);
      for (const problem of problems)
        mistakes.add(element, `The link “${shortened(href)}”: ${problem}`);
      if (problems.length) delete properties.href;
    }
    if (tagName === 'img') {
      const src = String(properties.src ?? '');
      if (!isBeside(src)) {
        mistakes.add(
          element,
          `The image “${shortened(src)}” is not kept; images are files beside the lab (png, jpg, webp, avif, gif or svg), named without https:// and without “..”.`,
        );
        delete properties.src;
      }
      if (!properties.alt)
        mistakes.add(
          element,
          'An image has no words for those who do not see it: ![words](file.png).',
        );
    }
  });
};

/** Makes sanitized HTML of Markdown, and tells of what is not kept. */
export type ToHtml = (nodes: readonly RootContent[]) => Root;

/** @param definitions addresses that links name, from the whole file */
export function createHtml(definitions: readonly Definition[], mistakes: Mistakes): ToHtml {
  const processor = unified()
    .use(remarkRehype, { handlers: handlersFor(mistakes) })
    .use(checkAddresses(mistakes))
    .use(rehypeSanitize, SCHEMA);
  return (nodes) =>
    processor.runSync({ type: 'root', children: [...nodes, ...definitions] } as Markdown) as Root;
}
