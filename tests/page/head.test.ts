/** A page that opens on a library whose columns are not yet read: the beginning of the order first, the whole in its place. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isHead, type Order } from '../../renderer/store/order.ts';
import { type Library, openLibrary, openPage, type TestPage } from './page.ts';

const PHOTOS = 5_000;
let library: Library;
let page: TestPage;
let orders: Order[];

beforeEach(async () => {
  library = await openLibrary(PHOTOS);
  page = openPage(library.core);
  orders = [];
  page.library.library.subscribe((now, before) => {
    if (now.order !== before.order) orders.push(now.order);
  });
});
afterEach(() => library[Symbol.asyncDispose]());

test('what is shown first keeps its place when the whole order comes', async () => {
  page.app.start();
  await page.settle();
  expect(page.traffic.calls).toContain('photos.head');
  expect(orders).toHaveLength(2);
  const [head, whole] = orders as [Order, Order];
  expect([head.total, head.expected, whole.total, whole.expected]).toEqual([600, PHOTOS, PHOTOS, PHOTOS]);
  expect(whole.ids.subarray(0, head.total)).toEqual(head.ids);
  expect(whole.ratios.subarray(0, head.total)).toEqual(head.ratios);
  // Nothing on screen is drawn anew: both answer one asking of the person.
  expect(page.library.library.getState().epoch).toBe(1);
});

test('all that is selected while only the beginning is known is all of it, once it is known', async () => {
  let selectedAtHead = -1;
  page.library.library.subscribe(({ order }) => {
    if (!isHead(order) || selectedAtHead >= 0) return;
    page.selection.selectAll();
    selectedAtHead = page.selection.selection.getState().ids.size;
  });
  page.app.start();
  await page.settle();
  expect(selectedAtHead).toBe(0);
  expect(page.selection.selection.getState().ids.size).toBe(PHOTOS);
});

test('an order that the core has at once costs no second question', async () => {
  page.app.start();
  await page.settle();
  page.forget();
  page.library.setSort({ key: 'grade', order: 'asc' });
  await page.settle();
  expect(page.traffic.calls.filter((call) => call.startsWith('photos.'))).not.toContain('photos.head');
  expect(page.library.library.getState().order.total).toBe(PHOTOS);
});
