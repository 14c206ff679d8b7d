import { shortened } from '../../lib/words';
import { useEffect, useState } from 'react';
import { useActions } from '../scope';

const isFileDrag = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;

/** Takes a file dropped anywhere on the page: its content says what becomes of it. */
export function DropTarget() {
  const { openFile, notify } = useActions();
  const [over, setOver] = useState(false);

  useEffect(() => {
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
      const [file, ...others] = event.dataTransfer?.files ?? [];
      if (others.length) {
        const text = `One file is opened at a time: ${shortened(file!.name)} was, ${others.length} more were not.`;
        notify({ level: 'warning', about: 'page', text });
      }
      if (file) void openFile(file);
    };
    const listeners = { dragover: dragged, dragleave: left, drop: dropped };
    const entries = Object.entries(listeners) as [keyof typeof listeners, (e: DragEvent) => void][];
    for (const [type, listener] of entries) document.addEventListener(type, listener);
    return () => {
      for (const [type, listener] of entries) document.removeEventListener(type, listener);
    };
  }, [openFile, notify]);

  if (!over) return null;
  return (
    <div className="ln-drop">
      <p>
        Drop a text to learn from, weights (safetensors) to start from, a record or table of a run
        to see beside the lanes, or a lab
      </p>
    </div>
  );
}
