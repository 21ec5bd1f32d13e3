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
  /** At least that share of the gap between fp4-direct and f32 is closed. */
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
  readonly claims: readonly Claim[];
}

/** Looks at the operands of trained models. */
export interface OperandExperiment extends Common {
  readonly kind: 'table1' | 'histograms';
  /** The recipe whose trained models are looked at. */
  readonly recipe: string;
}

/** Evaluates a formula. */
export interface ModelExperiment extends Common {
  readonly kind: 'speed-model';
}

/** A result of arXiv 2501.17116 that can be regenerated. */
export type Experiment = LossExperiment | OperandExperiment | ModelExperiment;
