import { useId, type ReactNode } from 'react';
import { useSize, type Size } from '../../plot/useSize';
import { About } from '../panels/About';
import { SaveFigure } from '../panels/SaveFigure';
import type { ExplainProps } from '../ui/Explain';
import { Terms } from '../ui/Terms';
import '../panels/panels.css';

interface Props {
  title: string;
  about?: Omit<ExplainProps, 'title'>;
  /** Choices of what is shown, under the title. */
  tools?: ReactNode;
  /** Its curves have too many places for a mark at each. */
  isDense?: boolean;
  /** The finding in words. */
  said: string;
  /** In pixels, where it depends on the width as a map’s does. */
  height?: number | ((size: Pick<Size, 'width' | 'text'>) => number);
  plot(size: Size & { describedBy: string }): ReactNode;
}

/** Before the page has measured the column. */
const FIRST = { width: 356, text: 12 };

/** A plot of the inspector with its title, the sentence about it and the menu of its files. */
export function InspectorFigure(props: Props) {
  const { title, about, tools, isDense, said, height = 150, plot } = props;
  const [attach, size] = useSize();
  const titleId = useId();
  const describedBy = useId();
  return (
    <figure className="panel in-figure" data-dense={isDense || undefined} aria-labelledby={titleId}>
      <div className="panel-head">
        <h3 id={titleId}>{title}</h3>
        {about && <About title={title} {...about} />}
      </div>
      <div className="panel-tools">
        <SaveFigure title={title} />
      </div>
      {tools && <div className="in-tools">{tools}</div>}
      <div
        className="panel-plot"
        ref={attach}
        style={{ height: typeof height === 'number' ? height : height(size ?? FIRST) }}
      >
        {size && plot({ ...size, describedBy })}
      </div>
      <figcaption id={describedBy}>
        <span title={said}>
          <Terms>{said}</Terms>
        </span>
      </figcaption>
    </figure>
  );
}
