import type { EngineErrorKind } from './protocol.ts';

/** An error of the engine's own, of a kind that the page knows. */
export class EngineProblem extends Error {
  readonly kind: EngineErrorKind;
  /** With `in-use`: the tab that has the run. */
  readonly owner: string | undefined;

  /** @param owner - with `in-use`, the tab that has the run */
  constructor(kind: EngineErrorKind, message: string, owner?: string) {
    super(message);
    this.name = 'EngineProblem';
    this.kind = kind;
    this.owner = owner;
  }
}
