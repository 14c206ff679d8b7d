import { useRef, useState } from 'react';
import { formatCount } from '../../plot/format';
import { useActions, useScope } from '../scope';
import { Button } from '../ui/buttons';
import { FileInput } from '../ui/FileInput';
import { Popup } from '../ui/Popup';

function Paste() {
  const { setText } = useActions();
  const [open, setOpen] = useState(false);
  const [content, setContent] = useState('');
  const use = () => {
    void setText({ name: 'pasted text', content });
    setContent('');
    setOpen(false);
  };
  return (
    <Popup
      label="Your own text"
      className="ln-paste"
      state={{ open, onOpenChange: setOpen }}
      trigger={<Button>Paste…</Button>}
    >
      <textarea
        aria-label="Text to learn from"
        rows={8}
        value={content}
        onChange={(event) => setContent(event.target.value)}
      />
      <div className="ln-paste-foot">
        <span className="ln-soft">{formatCount(content.length)} characters</span>
        <Button disabled={!content} onClick={use}>
          Use this text
        </Button>
      </div>
    </Popup>
  );
}

/** The text that the text task reads: the app's, or one's own. It stays on this computer. */
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
        <Button onClick={() => file.current?.click()}>Open…</Button>
        <Paste />
        {content !== null && <Button onClick={() => void setText(null)}>Back to the app’s</Button>}
      </div>
      <FileInput
        ref={file}
        accept="text/*,.txt,.md"
        data-testid="text-file"
        onFile={(picked) => void setTextFile(picked)}
      />
    </div>
  );
}
