import type { EngineError, EngineErrorKind } from './engine-error.ts';

/** An error of the engine's own, of a kind that the page knows. */
export class EngineProblem extends Error {
  /** What the page is told. */
  readonly told: EngineError;

  /** @param details - what belongs to the kind */
  constructor(
    kind: EngineErrorKind,
    message: string,
    details: Pick<EngineError, 'owner' | 'wholeStep'> = {},
  ) {
    super(message);
    this.name = 'EngineProblem';
    this.told = { kind, message, ...details };
  }
}
