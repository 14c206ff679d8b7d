import { useEffect, useState } from 'react';
import { useActions, useScope } from '../scope';

const isFileDrag = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;

/** Takes files dropped anywhere on the page: weights into the first lane, anything else as text. */
export function DropTarget() {
  const { setTextFile, loadWeights, notify, setValue } = useActions();
  const first = useScope((s) => s.lanes[0]?.id);
  const reads = useScope((s) => s.lanes.some((lane) => lane.config.task === 'text'));
  const [over, setOver] = useState(false);

  useEffect(() => {
    const take = async (file: File) => {
      if (file.name.endsWith('.safetensors')) {
        if (first) await loadWeights(first, file);
        return;
      }
      await setTextFile(file);
      if (reads) return;
      notify({
        level: 'info',
        about: 'page',
        text: 'No lane reads a text now.',
        action: { label: 'Set the task to text', run: () => setValue('task', 'text') },
      });
    };
    const dragged = (event: DragEvent) => {
      if (!isFileDrag(event)) return;
      event.preventDefault();
      setOver(true);
    };
    // Leaving one element means entering another, but for the window’s edge.
    const left = (event: DragEvent) => event.relatedTarget === null && setOver(false);
    const dropped = (event: DragEvent) => {
      if (!isFileDrag(event)) return;
      event.preventDefault();
      setOver(false);
      const file = event.dataTransfer?.files[0];
      if (file) void take(file);
    };
    const listeners = { dragover: dragged, dragleave: left, drop: dropped };
    const entries = Object.entries(listeners) as [keyof typeof listeners, (e: DragEvent) => void][];
    for (const [type, listener] of entries) document.addEventListener(type, listener);
    return () => {
      for (const [type, listener] of entries) document.removeEventListener(type, listener);
    };
  }, [first, reads, setTextFile, loadWeights, notify, setValue]);

  if (!over) return null;
  return (
    <div className="ln-drop">
      <p>Drop a text to learn from it, or a safetensors file to start from its weights</p>
    </div>
  );
}
