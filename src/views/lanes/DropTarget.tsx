import { useEffect, useState } from 'react';
import { useActions, useScope } from '../scope';

const isFileDrag = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;

/** Takes files dropped anywhere on the page: weights into the first lane, anything else as text. */
export function DropTarget() {
  const { setTextFile, loadWeights } = useActions();
  const first = useScope((s) => s.lanes[0]?.id);
  const [over, setOver] = useState(false);

  useEffect(() => {
    const take = async (file: File) => {
      if (!file.name.endsWith('.safetensors')) await setTextFile(file);
      else if (first) await loadWeights(first, file);
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
  }, [first, setTextFile, loadWeights]);

  if (!over) return null;
  return (
    <div className="ln-drop">
      <p>Drop a text to learn from it, or a safetensors file to start from its weights</p>
    </div>
  );
}
