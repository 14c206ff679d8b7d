import { Popover } from 'radix-ui';
import { useRef, useState } from 'react';
import { formatCount } from '../../plot/format';
import { useActions, useScope } from '../scope';
import { useFloat } from '../ui/float';

function Paste() {
  const { setText } = useActions();
  const [open, setOpen] = useState(false);
  const [content, setContent] = useState('');
  const use = () => {
    setText({ name: 'pasted text', content });
    setContent('');
    setOpen(false);
  };
  return (
    <Popover.Root open={open} onOpenChange={setOpen}>
      <Popover.Trigger className="ui-button">Paste…</Popover.Trigger>
      <Popover.Portal container={useFloat()}>
        <Popover.Content
          className="ui-popover ln-paste"
          aria-label="Your own text"
          sideOffset={6}
          collisionPadding={8}
        >
          <textarea
            aria-label="Text to learn from"
            rows={8}
            value={content}
            onChange={(event) => setContent(event.target.value)}
          />
          <div className="ln-paste-foot">
            <span className="ln-soft">{formatCount(content.length)} characters</span>
            <button type="button" className="ui-button" disabled={!content} onClick={use}>
              Use this text
            </button>
          </div>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

/** What the text task reads: the app's text, or one's own. It stays on this computer. */
export function TextSource() {
  const read = useScope((s) => s.lanes.some((lane) => lane.config.task === 'text'));
  const { name, content } = useScope((s) => s.text);
  const { setText, setTextFile } = useActions();
  const file = useRef<HTMLInputElement>(null);
  if (!read) return null;
  return (
    <div className="ln-text" role="group" aria-label="Text">
      <p>
        <span className="ln-text-name" title={name}>
          {name}
        </span>
        {content !== null && (
          <span className="ln-soft"> · {formatCount(content.length)} characters</span>
        )}
      </p>
      <div className="ln-text-buttons">
        <button type="button" className="ui-button" onClick={() => file.current?.click()}>
          Open…
        </button>
        <Paste />
        {content !== null && (
          <button type="button" className="ui-button" onClick={() => setText(null)}>
            Back to the app’s
          </button>
        )}
      </div>
      <input
        ref={file}
        type="file"
        hidden
        accept="text/*,.txt,.md"
        data-testid="text-file"
        onChange={(event) => {
          const picked = event.target.files?.[0];
          // The same file may be picked again after this.
          event.target.value = '';
          if (picked) void setTextFile(picked);
        }}
      />
    </div>
  );
}
