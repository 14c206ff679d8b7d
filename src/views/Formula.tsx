import { useEffect, useMemo, useState } from 'react';

type Render = (tex: string, block: boolean) => string;

/** KaTeX and its typefaces, fetched when the first formula is to be seen. */
let loading: Promise<Render> | null = null;
let ready: Render | null = null;

const load = () =>
  (loading ??= Promise.all([import('katex'), import('katex/dist/katex.min.css')])
    .then(([{ default: katex }]) => {
      ready = (tex, block) =>
        katex.renderToString(tex, {
          displayMode: block,
          output: 'htmlAndMathml',
          throwOnError: false,
          strict: false,
        });
      return ready;
    })
    .catch((error: unknown) => {
      // The next formula tries again: the network may be back.
      loading = null;
      throw error;
    }));

interface Props {
  tex: string;
  /** Set apart in display style, or in the line of the text. */
  block?: boolean;
}

/** An equation: markup to look at and MathML to be read aloud; its source text until KaTeX is there. */
export function Formula({ tex, block = false }: Props) {
  const [render, setRender] = useState<Render | null>(() => ready);
  const [missing, setMissing] = useState(false);

  useEffect(() => {
    if (render) return;
    let gone = false;
    load().then(
      (loaded) => {
        if (!gone) setRender(() => loaded);
      },
      () => {
        if (!gone) setMissing(true);
      },
    );
    return () => {
      gone = true;
    };
  }, [render]);

  const markup = useMemo(() => render?.(tex, block), [render, tex, block]);
  if (markup === undefined) {
    const why = missing
      ? 'What sets equations could not be loaded: this is its source.'
      : undefined;
    return (
      <code className="formula" title={why}>
        {tex}
      </code>
    );
  }
  return <span className="formula" dangerouslySetInnerHTML={{ __html: markup }} />;
}
