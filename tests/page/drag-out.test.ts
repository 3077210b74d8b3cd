/** Photos that leave the window by the pointer: the desktop shell gets them, and nothing is dropped within. */
import { expect, test } from 'vitest';
import { createDragStore } from '../../renderer/store/drag.ts';

/** As much of a window as a drag needs. */
function surroundings() {
  const window = Object.assign(new EventTarget(), { innerWidth: 800, innerHeight: 600 });
  const root = {
    dataset: {} as Record<string, string>,
    removeAttribute: (name: string) => delete root.dataset[name.slice(5)],
  };
  const document = { documentElement: root, elementFromPoint: () => null };
  return { window: window as unknown as Window, document: document as unknown as Document, root };
}
const at = (type: string, clientX: number, clientY: number) => Object.assign(new Event(type), { clientX, clientY });

test('what is carried out of the window is handed to the system once, and the drag within ends', () => {
  const { window, document, root } = surroundings();
  const handed: (readonly number[])[] = [];
  const store = createDragStore({ document, window, notify: () => 0, dragOut: (ids) => handed.push(ids) });
  store.carry({ kind: 'photos', ids: [3, 1] }, at('pointermove', 400, 300) as unknown as PointerEvent);
  expect(root.dataset.dragging).toBe('photos');
  window.dispatchEvent(at('pointermove', 799, 10));
  expect(handed).toEqual([]);
  window.dispatchEvent(at('pointermove', 800, 10));
  window.dispatchEvent(at('pointermove', 900, 10));
  expect(handed).toEqual([[3, 1]]);
  expect(store.drag.getState().load).toBeNull();
  expect(root.dataset.dragging).toBeUndefined();
});

test('in a browser, and with an album, the pointer only waits outside', () => {
  for (const [dragOut, load] of [
    [null, { kind: 'photos', ids: [1] }],
    [() => expect.unreachable(), { kind: 'album', id: 1, smart: false }],
  ] as const) {
    const { window, document } = surroundings();
    const store = createDragStore({ document, window, notify: () => 0, dragOut });
    store.carry(load, at('pointermove', 10, 10) as unknown as PointerEvent);
    window.dispatchEvent(at('pointermove', -5, 10));
    expect(store.drag.getState().load).toEqual(load);
    window.dispatchEvent(at('pointerup', -5, 10));
    expect(store.drag.getState().load).toBeNull();
  }
});
