import { compactCount } from '@nibble-ml/scaling-law';
import type { VNode } from 'preact';
import { FileButton } from '../page/file-button.tsx';
import { useDrop } from '../page/use-drop.ts';
import { trainedData } from './example-data.ts';
import { quantizedPrecisions, valuesOfInput } from './scaling-data.ts';
import { data, takeData, takeFile } from './scaling-state.ts';

/** The runs that are fitted, and how to take others. */
export function DataPanel(): VNode {
  const { isOver, handlers } = useDrop((file) => void takeFile(file));
  const { name, note, records } = data.value;
  const seeds = new Set(records.flatMap(({ seed }) => seed ?? [])).size;
  return (
    <section aria-labelledby="data" class={`card text ${isOver ? 'over' : ''}`} {...handlers}>
      <h2 id="data">Runs</h2>
      <p>
        {name}: {records.length}
      </p>
      {note !== undefined && <p class="note">{note}</p>}
      <dl class="facts">
        <Fact name="N, parameters" values={valuesOfInput(data.value, 'N')} />
        <Fact name="D, tokens" values={valuesOfInput(data.value, 'D')} />
        <Fact name="G, group size" values={valuesOfInput(data.value, 'G')} />
        <dt>Precisions</dt>
        <dd>{[...new Set(records.map(({ precision }) => precision))].join(', ')}</dd>
        {seeds > 0 && <dt>Seeds</dt>}
        {seeds > 0 && <dd>{seeds}</dd>}
      </dl>
      <p class="note">
        A CSV has the columns N, D, G (empty in high precision), precision and loss, as{' '}
        <code>nibble sweep</code> writes it. Choose one, or drop it here; it stays in this browser.
        {quantizedPrecisions(data.value).length === 0 && ' These runs have no quantized ones among them.'}
      </p>
      <div class="buttons">
        <FileButton accept=".csv,text/csv" onFile={(file) => void takeFile(file)}>
          Load a CSV
        </FileButton>
        {note === undefined && (
          <button type="button" onClick={() => takeData(trainedData())}>
            Nibble’s own runs
          </button>
        )}
      </div>
    </section>
  );
}

function Fact({ name, values }: { readonly name: string; readonly values: readonly number[] }): VNode {
  const ends = values.length > 1 ? `${compactCount(values[0]!)} to ${compactCount(values.at(-1)!)}` : '';
  const text = values.length > 5 ? `${values.length} from ${ends}` : values.map(compactCount).join(', ');
  return (
    <>
      <dt>{name}</dt>
      <dd>{values.length === 0 ? '–' : text}</dd>
    </>
  );
}
