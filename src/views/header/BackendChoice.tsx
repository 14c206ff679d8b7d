import { RadioGroup } from 'radix-ui';
import { BACKENDS } from '../../protocol/engine';
import { AUTO, NAMES } from './backends';

const OPTIONS = [AUTO, ...BACKENDS] as const;
const ABOUT: Record<(typeof OPTIONS)[number], string> = {
  auto: 'the fastest that works here',
  webgpu: 'the graphics processor',
  webgl: 'the graphics processor, the older way',
  wasm: 'the processor, vector instructions',
  cpu: 'the processor, slow and exact',
};

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
          <span>{NAMES[id]}</span>
          <span className="hd-soft">{ABOUT[id]}</span>
        </RadioGroup.Item>
      ))}
    </RadioGroup.Root>
  );
}
