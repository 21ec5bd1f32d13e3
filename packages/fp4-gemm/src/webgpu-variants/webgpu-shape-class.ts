/** Sizes of a product `Out[rows, cols] = Σ_k ...` over `depth` steps. */
export interface ProductShape {
  readonly rows: number;
  readonly cols: number;
  readonly depth: number;
}

/**
 * Shapes that may have different fastest variants: `narrow` has at most 16 rows, as in generation, so tiles of rows are
 * mostly empty; the others differ in how well they fill the device.
 */
export type ShapeClass = 'narrow' | 'small' | 'medium' | 'large';

/** Every {@link ShapeClass}. */
export const SHAPE_CLASSES: readonly ShapeClass[] = ['narrow', 'small', 'medium', 'large'];

/** The class of a shape: by rows, then by multiply-adds (`small` below 2^22, `large` from 2^29). */
export function shapeClass({ rows, cols, depth }: ProductShape): ShapeClass {
  if (rows <= 16) return 'narrow';
  const work = rows * cols * depth;
  if (work < 2 ** 22) return 'small';
  return work < 2 ** 29 ? 'medium' : 'large';
}

/** The shape that stands for its class when variants are timed. */
export const TYPICAL_SHAPE: Readonly<Record<ShapeClass, ProductShape>> = {
  narrow: { rows: 4, cols: 1024, depth: 256 },
  small: { rows: 128, cols: 128, depth: 128 },
  medium: { rows: 256, cols: 256, depth: 512 },
  large: { rows: 1024, cols: 1024, depth: 1024 },
};
