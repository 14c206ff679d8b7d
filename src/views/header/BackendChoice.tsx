import { RadioGroup } from 'radix-ui';
import { BACKENDS } from '../../protocol/engine';
import { AUTO, NAMES } from './backends';

const OPTIONS = [AUTO, ...BACKENDS] as const;

export function BackendChoice({
  requested,
  onRequest,
}: {
  requested: string;
  onRequest(id: string): void;
}) {
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
