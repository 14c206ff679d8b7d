import { useId, useMemo, useState } from 'react';
import { reasonOf } from '../../lib/reason';
import { formatCount } from '../../plot/format';
import { engineStep, type Lane } from '../../runs/state';
import { useActions } from '../scope';
import { Button } from '../ui/buttons';
import { saveFile } from '../ui/saveFile';
import { bundled, filesOf } from './bundle';
import { exported, flagsOf, type Exported } from './exported';
import './pytorch.css';

/** Copies a text, and says whether the browser let it. */
function CopyButton({ text, label }: { text: string; label: string }) {
  const [said, setSaid] = useState('');
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setSaid('Copied');
    } catch {
      setSaid('This browser does not let the page copy');
    }
  };
  return (
    <span className="px-copy">
      <span role="status">{said}</span>
      <Button aria-label={label} onClick={() => void copy()}>
        Copy
      </Button>
    </span>
  );
}

/** Why there is no script, setting by setting. */
function Obstacles({ found }: { found: Exported['obstacles'] }) {
  return (
    <div className="px-obstacles">
      <p>
        <b>This lane has no script.</b> A script computes what the lane computes, or there is none:
      </p>
      <dl>
        {found.map(({ setting, reason }) => (
          <div key={`${setting} ${reason}`}>
            {setting && (
              <dt>
                <code>{setting}</code>
              </dt>
            )}
            <dd>{reason}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

interface BeginningProps {
  /** Where the lane stands: in training another one at every moment. */
  step: number;
  isTaken: boolean;
  onTake(isTaken: boolean): void;
}

/** The numbers that the script begins with. */
function Beginning({ step, isTaken, onTake }: BeginningProps) {
  const name = useId();
  return (
    <fieldset className="px-beginning">
      <legend>It begins with</legend>
      <label>
        <input type="radio" {...{ name }} checked={!isTaken} onChange={() => onTake(false)} />
        initialization as here, drawn from the seed
      </label>
      <label>
        <input type="radio" {...{ name }} checked={isTaken} onChange={() => onTake(true)} />
        {`the weights of now, step ${formatCount(step)}; batches, optimizer and schedule begin anew`}
      </label>
    </fieldset>
  );
}

/** A lane’s training as one Python file: what it is, what it begins with, and all of it to read before it is saved. */
export function Export({ lane }: { lane: Lane }) {
  const { saveWeights, textFor } = useActions();
  /** As it was when the dialog opened: training goes on behind it. */
  const [opened] = useState(lane);
  const script = useMemo(() => exported(opened), [opened]);
  const [takesWeights, setTakesWeights] = useState(false);
  const [problem, setProblem] = useState('');
  const [isSaving, setIsSaving] = useState(false);

  if (script.obstacles.length) return <Obstacles found={script.obstacles} />;

  const { config, notes, hasWeights, readsText } = script;
  const text = readsText && !opened.recorded ? (textFor(config) ?? undefined) : undefined;
  const parts = { name: script.name, script: script.script, text };
  const files = filesOf({ ...parts, ...(takesWeights && { weights: new Uint8Array() }) });
  const isZip = files.length > 1;
  const save = async () => {
    setIsSaving(true);
    setProblem('');
    try {
      const weights = takesWeights
        ? new Uint8Array(await (await saveWeights(opened.id)).blob.arrayBuffer())
        : undefined;
      saveFile(bundled({ ...parts, weights }));
    } catch (error) {
      setProblem(`It could not be saved: ${reasonOf(error)}`);
    }
    setIsSaving(false);
  };
  const run = `python3 ${script.name}.py --steps 100 --out run`;
  const runOnTwo = `torchrun --nproc_per_node 2 ${script.name}.py --steps 100 --out run`;
  return (
    <>
      <p>
        One Python file that trains this configuration and no other: names, initialization, batches,
        optimizer, schedule and statistics are those of the lane. It needs PyTorch 1.13 or newer and
        nothing else, and leaves <code>run/record.json</code>, which opens here beside the lane.
      </p>
      {notes.map((note) => (
        <p key={note} className="px-note">
          {note}
        </p>
      ))}
      {hasWeights && (
        <Beginning step={engineStep(lane)} isTaken={takesWeights} onTake={setTakesWeights} />
      )}
      <div className="px-save">
        <Button className="px-main" disabled={isSaving} onClick={() => void save()}>
          {isSaving ? 'Saving…' : `Save ${script.name}.${isZip ? 'zip' : 'py'}`}
        </Button>
        {isZip && (
          <Button onClick={() => saveFile(bundled({ name: script.name, script: script.script }))}>
            The .py alone
          </Button>
        )}
        {isZip && <span className="px-files">{files.join(', ')}</span>}
      </div>
      <p role="alert" className="px-problem">
        {problem}
      </p>
      <div className="px-head">
        <h3>On one processor or GPU, and on several</h3>
        <CopyButton label="Copy the command" text={run} />
      </div>
      <pre className="px-code" tabIndex={0} role="region" aria-label="Commands">
        {`${run}\n${runOnTwo}`}
      </pre>
      <details className="px-flags">
        <summary>All flags</summary>
        <dl>
          {flagsOf(script.script).map(([flag, help]) => (
            <div key={flag}>
              <dt>
                <code>{flag}</code>
              </dt>
              <dd>{help}</dd>
            </div>
          ))}
        </dl>
      </details>
      <div className="px-head">
        <h3>The script, {formatCount(script.script.trimEnd().split('\n').length)} lines</h3>
        <CopyButton label="Copy the script" text={script.script} />
      </div>
      <pre className="px-code px-script" tabIndex={0} role="region" aria-label="Script">
        {script.script}
      </pre>
    </>
  );
}
