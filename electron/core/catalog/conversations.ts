/** What was asked about photos, and what was answered. */
import type { Message } from '../../../shared/contract.ts';
import { type Catalog, query } from './open.ts';

const COLUMNS = 'id, role, text, critic, created_at AS createdAt';

/** Oldest first. */
export function messagesOf(catalog: Catalog, photo: number): Message[] {
  return query<Message>(catalog, `SELECT ${COLUMNS} FROM message WHERE photo_id = ? ORDER BY id`).all(photo);
}

export function addMessage(catalog: Catalog, photo: number, message: Omit<Message, 'id'>): number {
  return Number(
    query(catalog, 'INSERT INTO message (photo_id, role, text, critic, created_at) VALUES (?, ?, ?, ?, ?)').run(
      photo,
      message.role,
      message.text,
      message.critic,
      message.createdAt,
    ).lastInsertRowid,
  );
}

/** Removes a question with the answers that follow it, or an answer alone; null removes all of the photo's. */
export function forgetMessages(catalog: Catalog, photo: number, message: number | null): void {
  if (message === null) {
    query(catalog, 'DELETE FROM message WHERE photo_id = ?').run(photo);
    return;
  }
  query(
    catalog,
    `DELETE FROM message WHERE photo_id = @photo AND (id = @message OR (
       id > @message AND (SELECT role FROM message WHERE id = @message AND photo_id = @photo) = 'person'
       AND id < coalesce(
         (SELECT min(id) FROM message WHERE photo_id = @photo AND role = 'person' AND id > @message), 9223372036854775807)))`,
  ).run({ photo, message });
}
