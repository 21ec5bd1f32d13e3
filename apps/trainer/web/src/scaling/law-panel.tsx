import { lawNamed, lawNames } from '@nibble-ml/scaling-law';
import type { LogOf } from '@nibble-ml/scaling-law';
import type { VNode } from 'preact';
import { quantizedPrecisions } from './scaling-data.ts';
import { data, lawName, logOf, precision, refit } from './scaling-state.ts';

/** `prior-delta` is made of the runs, which may not determine it; all others are only named. */
const listed = lawNames.filter((name) => name !== 'prior-delta');

/** The choice of the law, with its formula. */
export function LawPanel(): VNode {
  const law = lawNamed(lawName.value, []);
  const precisions = quantizedPrecisions(data.value);
  const asksPrecision = law.describesQuantized && !law.levelKinds.has('precision') && precisions.length > 1;
  return (
    <section aria-labelledby="law" class="card form">
      <h2 id="law">Scaling law</h2>
      <form onSubmit={(event) => event.preventDefault()}>
        <div class="field">
          <label for="law-name">Law</label>
          <select
            id="law-name"
            value={lawName.value}
            aria-describedby="law-note"
            onChange={({ currentTarget }) => {
              lawName.value = currentTarget.value;
              void refit();
            }}
          >
            {listed.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
          <p class="note" id="law-note">
            <code>
              {law.predicts === 'delta' ? 'δ' : 'L'} = {law.formula}
            </code>
            <span class="source">{law.definition.source}</span>
          </p>
        </div>
        {law.predicts === 'delta' && (
          <div class="field">
            <label for="log-of">Fit the logarithm of</label>
            <select
              id="log-of"
              value={logOf.value}
              aria-describedby="log-of-note"
              onChange={({ currentTarget }) => {
                logOf.value = currentTarget.value as LogOf;
                void refit();
              }}
            >
              <option value="loss">the loss</option>
              <option value="delta">δ</option>
            </select>
            <p class="note" id="log-of-note">
              δ is what a run lies above its twin in high precision. Of δ itself it must be positive in every
              run.
            </p>
          </div>
        )}
        {asksPrecision && (
          <div class="field">
            <label for="precision">Precision</label>
            <select
              id="precision"
              value={precision.value}
              onChange={({ currentTarget }) => {
                precision.value = currentTarget.value;
                void refit();
              }}
            >
              {precisions.map((name) => (
                <option key={name}>{name}</option>
              ))}
            </select>
          </div>
        )}
      </form>
    </section>
  );
}
