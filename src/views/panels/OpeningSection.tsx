import { Collapsible } from 'radix-ui';
import { useId, type ComponentProps, type ReactNode } from 'react';
import { ChevronIcon } from '../ui/icons';
import { About } from './About';
import './evaluation/evaluation.css';

interface Props {
  name: string;
  about: ComponentProps<typeof About>;
  open: boolean;
  onOpenChange(open: boolean): void;
  /** Beside the name: what there is, in short. */
  summary: ReactNode;
  children: ReactNode;
}

/** A line of the page that opens on what belongs to it. */
export function OpeningSection({ name, about, open, onOpenChange, summary, children }: Props) {
  const titleId = useId();
  return (
    <Collapsible.Root asChild {...{ open, onOpenChange }}>
      <section className="ev" aria-labelledby={titleId}>
        <div className="ev-head">
          <h2 id={titleId}>
            <Collapsible.Trigger className="ev-trigger">
              <ChevronIcon />
              {name}
            </Collapsible.Trigger>
          </h2>
          <About {...about} />
          {summary}
        </div>
        <Collapsible.Content>{children}</Collapsible.Content>
      </section>
    </Collapsible.Root>
  );
}
