import type { BackwardOperand, Blocks, ElementName, ForwardOperand, ScaleName } from './layer-precision.ts';

/** The name of a format, as `E2M1`. */
function formatName(format: ElementName | 'f32' | 'bf16'): string {
  return format === 'f32' ? format : format.toUpperCase();
}

/** An operand of the forward product in words: `E2M1`, `MXFP4`, `INT4 by 32`. */
export function forwardName(operand: ForwardOperand): string {
  return 'granularity' in operand ? scaledName(operand) : formatName(operand.format);
}

/** An operand of a backward product in words; `forward` is what it was in the forward product. */
export function backwardName(operand: BackwardOperand, forward: ForwardOperand): string {
  if (operand.format === 'asForward') return forwardName(forward);
  if (!('of' in operand)) return formatName(operand.format);
  const details = [
    ...(operand.rounding === 'stochastic' ? ['stochastic'] : []),
    ...(operand.of === 'forward' ? [`of ${forwardName(forward)}`] : []),
  ];
  return `${scaledName(operand)}${details.length === 0 ? '' : ` (${details.join(', ')})`}`;
}

function scaledName({ format, granularity, scale }: Scaled): string {
  const name = formatName(format);
  if (typeof granularity === 'string') return name;
  const { block } = granularity;
  if (format === 'e2m1' && scale === 'e8m0Floor' && block === 32) return 'MXFP4';
  if (format === 'e2m1' && scale === 'e4m3') {
    if (block === 16) return 'NVFP4';
    if (String(block) === '16,16') return 'NVFP4 by 16 x 16';
  }
  return `${name} by ${typeof block === 'number' ? block : block.join(' x ')}`;
}

interface Scaled {
  readonly format: ElementName;
  readonly granularity: string | Blocks;
  readonly scale: ScaleName;
}
