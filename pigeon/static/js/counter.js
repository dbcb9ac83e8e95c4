/* Behaviour `counter`: how much room is left in a text, from 80 % of the limit on; code points count. */

const SHOWN_FROM = 0.8;

export function counter(element) {
  const input = element.querySelector("textarea, input");
  const count = element.querySelector('[data-part="count"]');
  const limit = Number(element.dataset.limit);

  function update() {
    const length = [...input.value.trim()].length;
    count.hidden = length < limit * SHOWN_FROM;
    count.textContent = `${length.toLocaleString()} / ${limit.toLocaleString()}`;
    element.classList.toggle("is-over", length > limit);
  }

  input.addEventListener("input", update);
  update();
}
