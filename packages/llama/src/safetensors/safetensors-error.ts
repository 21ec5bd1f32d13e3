/** A safetensors file, or the index of several, that is malformed or does not have what is asked of it. */
export class SafetensorsError extends RangeError {
  /** The file that is wrong. */
  readonly file: string;
  /** What in it is wrong, such as `data_offsets of tensor "lm_head.weight"`. */
  readonly field: string;

  /** Makes the error; `problem` goes on after the field: `must be …, but got …`. */
  constructor(file: string, field: string, problem: string, options?: ErrorOptions) {
    super(`safetensors: ${file}: ${field} ${problem}`, options);
    this.name = 'SafetensorsError';
    this.file = file;
    this.field = field;
  }
}

/** Names and lists in a message are cut here: a hostile file may have long ones. */
const MOST_SHOWN = 100;

/** A name from a file, in quotes. */
export function quoted(name: string): string {
  return JSON.stringify(name.length > MOST_SHOWN ? `${name.slice(0, MOST_SHOWN)}…` : name);
}

/** Numbers from a file, in brackets. */
export function listed(numbers: readonly number[]): string {
  return `[${numbers.slice(0, MOST_SHOWN).join(', ')}${numbers.length > MOST_SHOWN ? ', …' : ''}]`;
}
