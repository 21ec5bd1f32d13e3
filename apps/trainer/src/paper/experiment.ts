/** One recipe in an experiment that compares recipes by their losses. */
export interface Arm {
  /** Name of a precision recipe. */
  readonly recipe: string;
  /** What the paper calls it. */
  readonly label: string;
  /** What the paper reports for it, as printed. */
  readonly paper: string;
}

/** What the paper claims about losses, in a form that can be decided on pairs of runs with the same seed. */
export type Claim =
  /** The loss of `worse` is above that of `better`. */
  | { readonly kind: 'above'; readonly worse: string; readonly better: string; readonly text: string }
  /** The loss of `recipe` is at most so many percent above f32. */
  | { readonly kind: 'gapAtMost'; readonly recipe: string; readonly percent: number; readonly text: string }
  /** Training becomes NaN or infinite, with every seed. */
  | { readonly kind: 'diverges'; readonly recipe: string; readonly text: string }
  /** At least that share of the gap between the experiment's direct cast and its first arm is closed. */
  | {
      readonly kind: 'closesAtLeast';
      readonly recipe: string;
      readonly share: number;
      readonly text: string;
    };

interface Common {
  /** What `nibble paper ID` takes. */
  readonly id: string;
  readonly title: string;
  /** What the paper says, in a sentence. */
  readonly paper: string;
}

/** Trains every arm and compares losses. The first arm is what the others are compared with. */
export interface LossExperiment extends Common {
  readonly kind: 'loss';
  readonly arms: readonly Arm[];
  /** The recipe whose gap the others are to close; null where that is not the question. */
  readonly direct: string | null;
  readonly claims: readonly Claim[];
}

/** Looks at the operands of trained models. */
interface Operands extends Common {
  /** The recipe whose trained models are looked at. */
  readonly recipe: string;
}

/** Measures how well activations survive. */
export interface Table1Experiment extends Operands {
  readonly kind: 'table1';
}

/** Draws distributions. */
export interface HistogramExperiment extends Operands {
  readonly kind: 'histograms';
}

/** One of the two. */
export type OperandExperiment = Table1Experiment | HistogramExperiment;

/** Evaluates a formula. */
export interface ModelExperiment extends Common {
  readonly kind: 'speed-model';
}

/** Trains the grid of arXiv 2505.14302 and asks one thing of it. */
export interface QatExperiment extends Common {
  /**
   * `qat-law` fits the law; `qat-parts` takes the error apart into weights and activations; `qat-fc2` looks at the input
   * of FC2; `qat-formats` compares INT4 and FP4.
   */
  readonly kind: 'qat-law' | 'qat-parts' | 'qat-fc2' | 'qat-formats';
}

/** A result of either paper that can be regenerated. */
export type Experiment = LossExperiment | OperandExperiment | ModelExperiment | QatExperiment;

/** Whether it rests on the grid of runs of arXiv 2505.14302. */
export function isQat(experiment: Experiment): experiment is QatExperiment {
  return experiment.kind.startsWith('qat-');
}

/** The paper whose result it is. */
export function arxivOf(experiment: Experiment): string {
  return isQat(experiment) ? '2505.14302' : '2501.17116';
}
