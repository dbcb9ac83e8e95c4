/* Answers that were overtaken by a younger one. */

/** `ask` with answers in the order of its questions: one that comes after the answer to a later question is null. */
export function latest(ask) {
  let asked = 0;
  let answered = 0;
  return async (...question) => {
    const turn = ++asked;
    const answer = await ask(...question);
    if (turn < answered) return null;
    answered = turn;
    return answer;
  };
}
