import type { VNode } from 'preact';
import { Choice } from '../page/choice.tsx';
import { FileButton } from '../page/file-button.tsx';
import { useDrop } from '../page/use-drop.ts';
import { change } from '../state/form.ts';
import type { FormValues } from '../state/form.ts';
import { useLab } from '../state/lab-context.ts';
import { formatBytes } from '../../../src/memory/byte-size.ts';
import { readTextFile } from './read-text-file.ts';

/** The text to train on: the default one, one that is pasted, or a file. A file can be dropped anywhere on it. */
export function TextField({ values: { source, pasted, file } }: { readonly values: FormValues }): VNode {
  const lab = useLab();
  const take = async (chosen: File): Promise<void> => {
    const read = await readTextFile(lab, chosen);
    if (read !== undefined) change({ source: 'file', file: read });
  };
  const { isOver, handlers } = useDrop((chosen) => void take(chosen));
  return (
    <div class={`field text ${isOver ? 'over' : ''}`} {...handlers}>
      <span class="label">Text</span>
      <Choice
        label="Text"
        value={source}
        options={[
          { value: 'default', title: 'Moby-Dick' },
          { value: 'paste', title: 'Paste' },
          { value: 'file', title: 'File' },
        ]}
        onChange={(value) => change({ source: value })}
      />
      {source === 'default' && (
        <p class="note">1.2 MB of English prose, in the public domain. Or drop a file here.</p>
      )}
      {source === 'paste' && (
        <textarea
          aria-label="Text to train on"
          rows={6}
          placeholder="Paste a text of some thousand words"
          value={pasted}
          onInput={({ currentTarget }) => change({ pasted: currentTarget.value })}
        />
      )}
      {source === 'file' && (
        <p class="note file">
          {file === null ? (
            'No file yet. Choose one, or drop it here.'
          ) : (
            <>
              <b>{file.name}</b>, {formatBytes(new Blob([file.text]).size)}
            </>
          )}{' '}
          <FileButton accept="text/*,.txt,.md,.csv,.json,.jsonl" onFile={(chosen) => void take(chosen)}>
            Choose
          </FileButton>
        </p>
      )}
    </div>
  );
}
