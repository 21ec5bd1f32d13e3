import type { VNode } from 'preact';
import type { LabRun } from '../state/lab-run.ts';
import { count, nats, signedNats } from './format.ts';

/** What the runs that are shown have come to, side by side; differences are to the first of them. */
export function CompareTable({ runs }: { readonly runs: readonly LabRun[] }): VNode {
  const rows = runs.map(figuresOf);
  const [first] = rows;
  return (
    <section class="card scroll" tabIndex={0} aria-label="Comparison of the runs">
      <table class="wide">
        <thead>
          <tr>
            <th scope="col">Run</th>
            {['Step', 'Training loss', 'Validation loss', 'To the first', 'Bits per byte', 'Tokens/s'].map(
              (head) => (
                <th scope="col" class="number" key={head}>
                  {head}
                </th>
              ),
            )}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ run, step, steps, trainLoss, valLoss, bitsPerByte, speed }, index) => (
            <tr key={run.id}>
              <th scope="row">
                <i class={`key-line series-${run.color.value + 1}`} /> {run.summary.value.name}
              </th>
              <td class="number">
                {count(step)} of {count(steps)}
              </td>
              <td class="number">{nats(trainLoss)}</td>
              <td class="number">{nats(valLoss)}</td>
              <td class="number">{index === 0 ? '' : gap(rows[index]!, first!)}</td>
              <td class="number">{bitsPerByte?.toFixed(4) ?? '–'}</td>
              <td class="number">{speed === undefined ? '–' : count(speed)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

type Figures = ReturnType<typeof figuresOf>;

function figuresOf(run: LabRun) {
  const { record, summary } = run;
  // Reads the revision, so that the table follows the run.
  const step = record.revision.value > 0 ? record.step : summary.value.step;
  const evaluation = record.evaluations.at(-1);
  return {
    run,
    step,
    steps: summary.value.config.steps,
    trainLoss: record.done?.trainLoss ?? record.loss.meanOfLast(Math.max(1, Math.ceil(step / 10))),
    valStep: evaluation?.step,
    valLoss: evaluation?.valLoss,
    bitsPerByte: evaluation?.bitsPerByte,
    // Nats are per token: of another text or vocabulary they are of other things.
    tokens: JSON.stringify([summary.value.textName, summary.value.config.vocabSize]),
    speed: record.tokensPerSecond.meanOfLast(10),
  };
}

/** The difference of two validation losses of the same tokens after as many steps; of others it would say nothing. */
function gap(one: Figures, first: Figures): string {
  const { valLoss } = one;
  if (valLoss === undefined || first.valLoss === undefined) return '–';
  if (one.valStep !== first.valStep || one.tokens !== first.tokens) return '–';
  return signedNats(valLoss - first.valLoss);
}
