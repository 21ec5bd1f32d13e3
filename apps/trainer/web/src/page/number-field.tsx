import type { VNode } from 'preact';
import { useId } from 'preact/hooks';

/** What {@link NumberField} asks for. */
export interface NumberFieldProps {
  readonly label: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  /** Whether only whole numbers will do. */
  readonly whole?: boolean;
  readonly onChange: (value: number) => void;
}

/** A number. The browser marks one that is out of range, and the form is not sent with it. */
export function NumberField({ label, value, min, max, whole = true, onChange }: NumberFieldProps): VNode {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        type="number"
        inputMode={whole ? 'numeric' : 'decimal'}
        min={min}
        max={max}
        step={whole ? 1 : 'any'}
        value={value}
        required
        onChange={({ currentTarget }) => {
          if (currentTarget.validity.valid) onChange(currentTarget.valueAsNumber);
        }}
      />
    </div>
  );
}
