/* What the server is asked about a person goes one after the other: quick taps arrive in their order. */

const last = new Map(); // by username

/** Asks once everything that was asked before has been answered, or has failed. */
export function inTurn(username, ask) {
  const before = last.get(username) ?? Promise.resolve();
  const mine = before.catch(() => undefined).then(ask);
  last.set(username, mine);
  return mine;
}

/** Whether nothing was asked since: then the page shows what `turn` answers. */
export const isLast = (username, turn) => last.get(username) === turn;
