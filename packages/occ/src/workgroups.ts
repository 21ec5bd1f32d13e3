const MAX_WORKGROUPS = 65_535;

/**
 * Spreads `count` workgroups over two dimensions, since one holds at most 65,535. The shader finds its number as
 * `group.y * groups.x + group.x` and checks it, because the last row may be partly used.
 */
export function spreadWorkgroups(count: number): [number, number] {
  const rows = Math.ceil(count / MAX_WORKGROUPS);
  return [rows === 0 ? 0 : Math.ceil(count / rows), rows];
}
