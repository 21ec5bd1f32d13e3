import type { VNode } from 'preact';
import type { SampleLine } from '../engine/metrics-line.ts';
import type { LabRun } from '../state/lab-run.ts';
import { count } from './format.ts';

/** What the model wrote last, and below it what it wrote before. */
export function SamplePanel({ run: { record } }: { readonly run: LabRun }): VNode | null {
  // Reads the revision, so that the panel follows the run.
  const samples = record.revision.value > 0 ? record.samples : [];
  const last = samples.at(-1);
  if (last === undefined) return null;
  return (
    <section aria-labelledby="samples">
      <h2 id="samples">What it writes</h2>
      <div class="card">
        <p class="note">After step {count(last.step)}; grey is what it was given.</p>
        <SampleText sample={last} />
        {samples
          .slice(0, -1)
          .toReversed()
          .map((sample) => (
            <details key={sample.step}>
              <summary>step {count(sample.step)}</summary>
              <SampleText sample={sample} />
            </details>
          ))}
      </div>
    </section>
  );
}

function SampleText({ sample: { prompt, continuation } }: { readonly sample: SampleLine }): VNode {
  return (
    <p class="sample">
      <span class="prompt">{visibleText(prompt)}</span>
      {visibleText(continuation)}
    </p>
  );
}

/** Control characters, which a model of bytes may write, as their Unicode pictures. */
function visibleText(text: string): string {
  return Array.from(text, (character) => {
    const code = character.codePointAt(0)!;
    return code < 0x20 && character !== '\n' && character !== '\t'
      ? String.fromCodePoint(0x2400 + code)
      : character;
  }).join('');
}
