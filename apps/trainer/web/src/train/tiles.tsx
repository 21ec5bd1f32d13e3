import type { VNode } from 'preact';
import { formatBytes } from '../../../src/memory/byte-size.ts';
import { duration } from '../../../src/training/duration.ts';
import { useLab } from '../state/lab-context.ts';
import { isBusy } from '../state/lab-run.ts';
import type { LabRun } from '../state/lab-run.ts';
import { count, millions, nats } from './format.ts';

/** The figures of a run at a glance. */
export function Tiles({ run }: { readonly run: LabRun }): VNode {
  const lab = useLab();
  const { config, parameters, step: known } = run.summary.value;
  const { record, pace } = run;
  const isUnderWay = isBusy(run.summary.value);
  // Reads the revision, so that the tiles follow the run.
  const step = record.revision.value > 0 ? record.step : known;
  const speed = record.tokensPerSecond.meanOfLast(10);
  const evaluation = record.evaluations.at(-1);
  const { done } = record;
  const secondsLeft = isUnderWay && step < config.steps ? pace.secondsFor(config.steps - step) : undefined;
  // It is that of the device, and says nothing of a run that is not on it.
  const memory = isUnderWay ? lab.memory.value : undefined;
  return (
    <dl class="tiles">
      <Tile
        label="Step"
        value={count(step)}
        note={
          secondsLeft === undefined
            ? `of ${count(config.steps)}`
            : `of ${count(config.steps)}, ${duration(secondsLeft)} left`
        }
      />
      <Tile
        label="Training loss"
        value={nats(done?.trainLoss ?? record.loss.meanOfLast(Math.max(1, Math.ceil(step / 10))))}
        note="nats per token, last tenth"
      />
      <Tile
        label="Validation loss"
        value={nats(evaluation?.valLoss)}
        note={
          evaluation === undefined
            ? 'not measured yet'
            : `${evaluation.bitsPerByte.toFixed(3)} bits per byte, step ${count(evaluation.step)}`
        }
      />
      <Tile
        label="Speed"
        value={speed === undefined ? '–' : count(speed)}
        note={`tokens/s, ${millions(parameters)} parameters`}
      />
      <Tile
        label="Memory"
        value={memory === undefined ? '–' : formatBytes(memory.deviceBytes)}
        note={
          memory === undefined
            ? 'measured while a run trains'
            : `of the device, at most ${formatBytes(memory.peakBytes)}; ${count(memory.tensors)} tensors have ${formatBytes(memory.tensorBytes)}`
        }
      />
    </dl>
  );
}

function Tile(props: { readonly label: string; readonly value: string; readonly note: string }): VNode {
  return (
    <div class="tile">
      <dt class="label">{props.label}</dt>
      <dd class="value">{props.value}</dd>
      <dd class="note">{props.note}</dd>
    </div>
  );
}
