import { useId, type ComponentProps, type KeyboardEvent } from 'react';

interface DraftInputProps extends ComponentProps<'input'> {
  /** The text that was typed and does not hold yet; null where nothing was. */
  draft: string | null;
  onDraft(draft: string | null): void;
  problem: string | null;
  onEnter(): void;
  /** The element that explains the value, while there is no problem. */
  describedBy?: string;
}

/** A line of text over a value that holds: a problem stands below it, and Escape brings back what holds. */
export function DraftInput(props: DraftInputProps) {
  const { draft, onDraft, problem, onEnter, describedBy, onKeyDown, ...input } = props;
  const messageId = useId();
  const pressed = (event: KeyboardEvent<HTMLInputElement>) => {
    onKeyDown?.(event);
    if (event.key === 'Enter') onEnter();
    else if (event.key === 'Escape' && draft !== null) {
      // Here Escape takes back what was typed; it does not also close what the field stands in.
      event.stopPropagation();
      event.nativeEvent.stopImmediatePropagation();
      onDraft(null);
    }
  };
  return (
    <>
      <input
        type="text"
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        aria-invalid={problem !== null}
        aria-describedby={problem ? messageId : describedBy}
        onChange={(event) => onDraft(event.target.value)}
        onKeyDown={pressed}
        {...input}
      />
      <p className="ln-problem" id={messageId} role="status">
        {problem}
      </p>
    </>
  );
}
