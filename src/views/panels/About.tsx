import { useState } from 'react';
import { Explain, explainText } from '../ui/Explain';
import { Tip } from '../ui/Tip';

interface Props {
  title: string;
  code?: string;
  formula?: string;
  note: string;
  source?: string;
}

/** The small i beside a panel's title: definition, equation and source of what is shown. */
export function About(props: Props) {
  const [open, setOpen] = useState(false);
  return (
    <Tip
      open={open}
      onOpenChange={setOpen}
      label={explainText(props)}
      content={<Explain {...props} />}
    >
      <button
        type="button"
        className="panel-about"
        aria-label={`About ${props.title}`}
        // A tap has no hover, and a tooltip closes on press: here both must open it.
        onPointerDown={(event) => event.preventDefault()}
        onClick={(event) => {
          event.preventDefault();
          setOpen(true);
        }}
      >
        <span>i</span>
      </button>
    </Tip>
  );
}
