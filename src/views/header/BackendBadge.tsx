import { useState } from 'react';
import { useShallow } from 'zustand/shallow';
import type { BackendId } from '../../protocol/engine';
import { Button } from '../ui/buttons';
import { later } from '../ui/later';
import { Popup } from '../ui/Popup';
import { useActions, useScope } from '../scope';
import { AUTO, NAMES } from './backends';

const BackendChoice = later(() => import('./BackendChoice').then((code) => code.BackendChoice));

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
  const name = device ? NAMES[device.backend] : failed ? 'no device' : 'starting';

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
      <BackendChoice requested={requested} onRequest={request} />
    </Popup>
  );
}
