const waiting = new Set<() => void>();
let isAsked = false;

/**
 * Draws with the next frame of the screen, once, however often it is asked for before. Between two frames a fast run
 * may send many steps.
 */
export function drawOnNextFrame(draw: () => void): void {
  waiting.add(draw);
  if (isAsked) return;
  isAsked = true;
  requestAnimationFrame(() => {
    isAsked = false;
    const draws = [...waiting];
    waiting.clear();
    for (const one of draws) one();
  });
}

/** Takes back what was asked for and is not drawn yet. */
export function forgetDraw(draw: () => void): void {
  waiting.delete(draw);
}
