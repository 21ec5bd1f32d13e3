import type { ComponentChildren, VNode } from 'preact';
import { useRef } from 'preact/hooks';

/** What {@link FileButton} asks for. */
export interface FileButtonProps {
  /** Kinds of files, as an `accept` attribute has them. */
  readonly accept: string;
  readonly onFile: (file: File) => void;
  readonly children: ComponentChildren;
}

/** A button that asks for a file. */
export function FileButton({ accept, onFile, children }: FileButtonProps): VNode {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        accept={accept}
        hidden
        onChange={({ currentTarget }) => {
          const file = currentTarget.files?.[0];
          // So that the same file can be chosen again.
          currentTarget.value = '';
          if (file !== undefined) onFile(file);
        }}
      />
      <button type="button" onClick={() => input.current!.click()}>
        {children}
      </button>
    </>
  );
}
