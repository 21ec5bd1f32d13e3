import type { VNode } from 'preact';
import { useLab } from '../state/lab-context.ts';

/** What the visitor must be told, the newest last; each can be taken away. Screen readers read it when it appears. */
export function Notices(): VNode {
  const lab = useLab();
  const of = (tone: 'error' | 'info'): VNode[] =>
    lab.notices.value
      .filter((notice) => notice.tone === tone)
      .map(({ id, text }) => (
        <div class={`notice ${tone}`} key={id}>
          <p>{text}</p>
          <button type="button" onClick={() => lab.dismiss(id)}>
            Dismiss
          </button>
        </div>
      ));
  return (
    <div class="notices">
      <div role="alert">{of('error')}</div>
      <div role="status">{of('info')}</div>
    </div>
  );
}
