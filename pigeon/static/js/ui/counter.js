/* Behaviour `counter`: how much room is left in a text, from 80 % of the limit on; code points count. It is seen at every key,
   and heard when it appears and when the limit is passed. */

const SHOWN_FROM = 0.8;

function addVoice(count) {
  const voice = Object.assign(document.createElement("span"), { className: "visually-hidden" });
  voice.setAttribute("role", "status");
  count.after(voice);
  return voice;
}

export function counter(element) {
  const input = element.querySelector("textarea, input");
  const count = element.querySelector('[data-part="count"]');
  const limit = Number(element.dataset.limit);
  const voice = addVoice(count);
  let heard = "";

  function say(state) {
    if (state === heard) return;
    heard = state;
    voice.textContent = state && count.textContent;
  }

  function update() {
    const length = [...input.value.trim()].length;
    count.hidden = length < limit * SHOWN_FROM;
    count.textContent = `${length.toLocaleString()} / ${limit.toLocaleString()}`;
    element.classList.toggle("is-over", length > limit);
    say(count.hidden ? "" : length > limit ? "over" : "near");
  }

  input.addEventListener("input", update);
  update();
}
