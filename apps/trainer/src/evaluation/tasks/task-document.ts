/** A question with the texts that may follow it. */
export interface ChoiceDocument {
  readonly kind: 'choices';
  readonly where: string;
  readonly context: string;
  /** Without the space that goes before each. */
  readonly choices: readonly string[];
  /** Index of the right one. */
  readonly gold: number;
}

/** A text and the one right way to go on, the space before it included. */
export interface CompletionDocument {
  readonly kind: 'completion';
  readonly where: string;
  readonly context: string;
  readonly completion: string;
}

/** What a model is asked, and where it stands. */
export type TaskDocument = ChoiceDocument | CompletionDocument;
