import type { EngineErrorKind } from '../engine/engine-error.ts';

/** Something that the visitor must be told. */
export interface Notice {
  readonly id: number;
  /** Errors are announced at once. */
  readonly tone: 'error' | 'info';
  readonly text: string;
  readonly kind?: EngineErrorKind;
}
