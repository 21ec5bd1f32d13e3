import type { RefObject } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

/** The width of an element in pixels, so that drawings have letters of one size on every screen; 0 before it is known. */
export function useWidth<Type extends HTMLElement>(): [box: RefObject<Type | null>, width: number] {
  const box = useRef<Type>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const resize = new ResizeObserver(() => setWidth(box.current?.clientWidth ?? 0));
    resize.observe(box.current!);
    return () => resize.disconnect();
  }, []);
  return [box, width];
}
