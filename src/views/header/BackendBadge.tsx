import { RadioGroup } from 'radix-ui';
import { useState } from 'react';
import { useShallow } from 'zustand/shallow';
import { BACKENDS, type BackendId } from '../../protocol/engine';
import { Button } from '../ui/buttons';
import { Popup } from '../ui/Popup';
import { useActions, useScope } from '../scope';

const AUTO = 'auto';
const NAMES: Record<BackendId | typeof AUTO, [name: string, what: string]> = {
  auto: ['Automatic', 'the fastest that works here'],
  webgpu: ['WebGPU', 'the graphics processor'],
  webgl: ['WebGL', 'the graphics processor, the older way'],
  wasm: ['WebAssembly', 'the processor, vector instructions'],
  cpu: ['JavaScript', 'the processor, slow and exact'],
};
const OPTIONS = [AUTO, ...BACKENDS] as const;

function Choice({ requested, onRequest }: { requested: string; onRequest(id: string): void }) {
  return (
    <RadioGroup.Root
      className="hd-backends"
      aria-label="Backend"
      value={requested}
      onValueChange={onRequest}
    >
      {OPTIONS.map((id) => (
        <RadioGroup.Item key={id} value={id} className="hd-backend">
          <span className="hd-radio" aria-hidden="true" />
          <span>{NAMES[id][0]}</span>
          <span className="hd-soft">{NAMES[id][1]}</span>
        </RadioGroup.Item>
      ))}
    </RadioGroup.Root>
  );
}

/** Which device runs the model, why, and a choice of another. */
export function BackendBadge({ initial }: { initial: BackendId | null }) {
  const [requested, setRequested] = useState<string>(initial ?? AUTO);
  const { useBackend: switchTo } = useActions();
  const device = useScope(
    useShallow((s) => s.lanes.find((l) => l.engine.device)?.engine.device ?? null),
  );
  const failed = useScope(
    (s) => s.lanes.length > 0 && s.lanes.every((l) => l.engine.status === 'failed'),
  );
  const name = device ? NAMES[device.backend][0] : failed ? 'no device' : 'starting';

  const request = (id: string) => {
    setRequested(id);
    switchTo(id === AUTO ? null : (id as BackendId));
  };
  return (
    <Popup
      label="Backend"
      className="hd-backend-popover"
      trigger={
        <Button className="hd-badge" data-state-of={failed ? 'failed' : 'well'}>
          <span>{name}</span>
          {device && <span className="hd-soft hd-adapter">{device.adapter}</span>}
        </Button>
      }
    >
      {device && (
        <>
          <p>{device.reason}</p>
          <dl>
            <dt>Adapter</dt>
            <dd>{device.adapter}</dd>
          </dl>
        </>
      )}
      <Choice requested={requested} onRequest={request} />
    </Popup>
  );
}
