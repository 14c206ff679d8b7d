import type { Element, ElementContent, Root } from 'hast';
import { toJsxRuntime, type Components } from 'hast-util-to-jsx-runtime';
import { memo, type ComponentProps, type ReactNode } from 'react';
import { Fragment, jsx, jsxs } from 'react/jsx-runtime';
import { useStore } from 'zustand';
import { explanationOf } from '../../config/glossary';
import { formatSignificant } from '../../plot/format';
import { Formula } from '../Formula';
import { Term } from '../glossary/Term';
import { useDoing } from './context';

interface OfNode {
  node?: Element | undefined;
}

const textOf = (nodes: readonly ElementContent[]): string =>
  nodes
    .map((node) =>
      node.type === 'text' ? node.value : node.type === 'element' ? textOf(node.children) : '',
    )
    .join('');

const classesOf = ({ properties }: Element): readonly string[] =>
  Array.isArray(properties['className']) ? properties['className'].map(String) : [];
const isMath = (node: Element): boolean => classesOf(node).includes('language-math');

/** Code, or the formula that is written as such. */
function Code({ node, ...rest }: ComponentProps<'code'> & OfNode) {
  if (!node || !isMath(node)) return <code {...rest} />;
  return <Formula tex={textOf(node.children)} block={classesOf(node).includes('math-display')} />;
}

/** A block of code, or a formula that stands by itself. */
function Block({ node, children, ...rest }: ComponentProps<'pre'> & OfNode) {
  const [only] = node?.children ?? [];
  return only?.type === 'element' && isMath(only) ? (
    <div className="lb-formula">{children}</div>
  ) : (
    <pre tabIndex={0} {...rest}>
      {children}
    </pre>
  );
}

/** A link leads out of the lab into another tab, but for one of the page itself. */
function Link({ node: _, href, children }: ComponentProps<'a'> & OfNode) {
  const isPage = href?.startsWith('#') ?? false;
  return (
    <a href={href} {...(!isPage && { target: '_blank', rel: 'noreferrer' })}>
      {children}
    </a>
  );
}

/** Wider than the pane it is scrolled. */
const Table = ({ node: _, ...rest }: ComponentProps<'table'> & OfNode) => (
  <div className="lb-table" tabIndex={0} role="group" aria-label="Table">
    <table {...rest} />
  </div>
);

/** A word that opens what the page says of it; plain where it says nothing. */
function Explained({ node, children }: OfNode & { children?: ReactNode }) {
  const entry = explanationOf(textOf(node?.children ?? []));
  return entry ? <Term entry={entry}>{children}</Term> : children;
}

/** A number that this program measured. */
const Value = ({ node: _, children }: OfNode & { children?: ReactNode }) => (
  <span className="ui-figures">{children}</span>
);

/** A number of the run on show. */
function Live({ of }: OfNode & { of?: string }) {
  const { desk } = useDoing();
  const value = useStore(desk.store, ({ live }) => (of === undefined ? null : live[of])) ?? null;
  return (
    // Training changes it all the time, which is not to be read aloud.
    <span className="story-live" aria-live="off">
      {value === null ? '…' : formatSignificant(value)}
    </span>
  );
}

/** A file beside that of the lab. */
function Picture({ node: _, src, alt }: ComponentProps<'img'> & OfNode) {
  const { desk } = useDoing();
  const beside = src === undefined ? null : desk.beside(src);
  return beside === null ? <span className="lb-soft">{alt}</span> : <img src={beside} alt={alt} />;
}

const COMPONENTS = {
  ...{ code: Code, pre: Block, a: Link, table: Table, img: Picture },
  // Above them stand the titles of the lab and of the step.
  ...{ h3: 'h4', h4: 'h5', h5: 'h6' },
  ...{ 'lab-term': Explained, 'lab-value': Value, 'lab-live': Live },
} as Components;

/** Prose of a lab. */
export const Content = memo(function Content({ tree }: { tree: Root }) {
  return toJsxRuntime(tree, {
    ...{ Fragment, jsx, jsxs, passNode: true, components: COMPONENTS },
  }) as ReactNode;
});

/** Of a line: paragraphs would stand apart. */
export function Inline({ tree }: { tree: Root }) {
  const children = tree.children.flatMap((node) =>
    node.type === 'element' && node.tagName === 'p' ? node.children : [node],
  );
  return <Content tree={{ type: 'root', children }} />;
}
