import { useState } from 'preact/hooks';

/** Handlers for an element that files can be dropped on. */
export interface DropZone {
  /** Whether files are above it. */
  readonly isOver: boolean;
  readonly handlers: {
    onDragOver(event: DragEvent): void;
    onDragLeave(): void;
    onDrop(event: DragEvent): void;
  };
}

/** Makes an element take files that are dropped on it; the first one counts. */
export function useDrop(onFile: (file: File) => void): DropZone {
  const [isOver, setOver] = useState(false);
  return {
    isOver,
    handlers: {
      onDragOver: (event) => {
        event.preventDefault();
        setOver(true);
      },
      onDragLeave: () => setOver(false),
      onDrop: (event) => {
        event.preventDefault();
        setOver(false);
        const file = event.dataTransfer?.files[0];
        if (file !== undefined) onFile(file);
      },
    },
  };
}
