import { signal } from '@preact/signals';
import type { Signal } from '@preact/signals';
import type {
  DoneLine,
  EvaluationLine,
  LayersLine,
  MetricsLine,
  SampleLine,
} from '../engine/metrics-line.ts';
import { Curve } from './curve.ts';

/** What a run has done so far, made from the lines of its metrics, whether they come live or all at once. */
export class RunRecord {
  /** Changes with every batch of lines; what is drawn from the rest reads it first. */
  readonly revision: Signal<number> = signal(0);
  /** Training loss by step, in nats per token. */
  readonly loss: Curve = new Curve();
  /** Global norm of the gradient before clipping, by step. */
  readonly gradNorm: Curve = new Curve();
  /** Tokens a second, by step. */
  readonly tokensPerSecond: Curve = new Curve();
  /** Validations, in order. */
  readonly evaluations: EvaluationLine[] = [];
  /** Quantization error of all layers, in order. */
  readonly layers: LayersLine[] = [];
  /** Texts that the model wrote, in order. */
  readonly samples: SampleLine[] = [];
  /** What the run came to; undefined before its end. */
  done: DoneLine | undefined;

  /** The last step that is drawn; 0 before the first. */
  get step(): number {
    return this.loss.last?.[0] ?? 0;
  }

  /** Takes the next lines of the run. A step that is not above the last one takes back what came from it on. */
  append(lines: readonly MetricsLine[]): void {
    for (const line of lines) this.#add(line);
    this.revision.value++;
  }

  /**
   * Takes a run that was read anew.
   *
   * @param lines - as they were read
   * @param meanwhile - that came live while they were read; what lies before their first step is only in `lines`
   */
  replace(lines: readonly MetricsLine[], meanwhile: readonly MetricsLine[]): void {
    this.#rewindTo(1);
    this.append([...lines, ...meanwhile]);
  }

  #add(line: MetricsLine): void {
    switch (line.type) {
      case 'step': {
        const { step, loss, gradNorm, tokensPerSecond } = line;
        if (step <= this.step) this.#rewindTo(step);
        this.loss.push([step, loss]);
        this.gradNorm.push([step, gradNorm]);
        this.tokensPerSecond.push([step, tokensPerSecond]);
        break;
      }
      case 'evaluation':
        put(this.evaluations, line);
        break;
      case 'layers':
        put(this.layers, line);
        break;
      case 'sample':
        put(this.samples, line);
        break;
      case 'done':
        this.done = line;
        break;
      default:
      // Which kernel ran is for reports.
    }
  }

  #rewindTo(step: number): void {
    for (const curve of [this.loss, this.gradNorm, this.tokensPerSecond]) curve.cutFrom(step);
    for (const lines of [this.evaluations, this.layers, this.samples]) cutFrom(lines, step);
    this.done = undefined;
  }
}

/** Adds a line, which may come a second time: live, and with all others when the run is opened. */
function put<Line extends { readonly step: number }>(lines: Line[], line: Line): void {
  cutFrom(lines, line.step);
  lines.push(line);
}

/** Takes back the lines from a step on. */
function cutFrom(lines: { readonly step: number }[], step: number): void {
  while (lines.length > 0 && lines.at(-1)!.step >= step) lines.pop();
}
