/**
 * Connections by how much is known of them, so that those who only hold one open can never keep our page out: of each
 * kind there are so many at most, and the oldest goes for a new one.
 */
import type { Socket } from 'node:net';

/** Connections that have not said a whole request yet, and those that have but did not show the token. */
const LIMITS = { silent: 64, unknown: 128 } as const;

export class Callers {
  readonly #silent = new Set<Socket>();
  readonly #unknown = new Set<Socket>();

  /** A connection was made. */
  came(socket: Socket): void {
    this.#add(this.#silent, socket, LIMITS.silent);
    socket.once('close', () => {
      this.#silent.delete(socket);
      this.#unknown.delete(socket);
    });
  }

  /** It said a whole request. */
  spoke(socket: Socket): void {
    if (this.#silent.delete(socket)) this.#add(this.#unknown, socket, LIMITS.unknown);
  }

  /** It showed the token: it stays as long as it likes. */
  known(socket: Socket): void {
    this.#silent.delete(socket);
    this.#unknown.delete(socket);
  }

  #add(sockets: Set<Socket>, socket: Socket, limit: number): void {
    sockets.add(socket);
    for (const oldest of sockets) {
      if (sockets.size <= limit) break;
      sockets.delete(oldest);
      oldest.destroy();
    }
  }
}
