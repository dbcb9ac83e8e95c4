/* Where a picture is on its stage, and how large. A scale of 1 shows each of its pixels as one of the page's. It is never
   smaller than what fits, and its edges never leave a gap that they could close. */

const NEARLY = 1.25; // a picture that fits at almost its own size is zoomed beyond it
const MOST = 4;
const LEAST = 0.01; // also where a window leaves no room

const within = (value, least, most) => Math.min(Math.max(value, least), most);

/** `onChange` is called whenever it was drawn. Points are {x, y} on the stage, in its pixels. */
export function makeZoom(stage, picture, onChange) {
  let size = { width: 1, height: 1 };
  let [scale, x, y] = [1, 0, 0];
  let isFitted = true;

  const fitting = () => Math.max(LEAST, Math.min(1, stage.clientWidth / size.width, stage.clientHeight / size.height));
  const actual = () => (fitting() * NEARLY < 1 ? 1 : fitting() * 2);
  const most = () => actual() * MOST;
  const middle = () => ({ x: stage.clientWidth / 2, y: stage.clientHeight / 2 });

  function held(at, length, room) {
    return length <= room ? (room - length) / 2 : within(at, room - length, 0);
  }

  function draw({ glides = false, aside = 0 } = {}) {
    x = held(x, size.width * scale, stage.clientWidth);
    y = held(y, size.height * scale, stage.clientHeight);
    picture.classList.toggle("is-gliding", glides);
    picture.style.transform = `translate(${x + aside}px, ${y}px) scale(${scale})`;
    stage.classList.toggle("is-zoomed", !isFitted);
    onChange();
  }

  function to(wanted, { at = middle(), glides = false } = {}) {
    const next = within(wanted, fitting(), most());
    x = at.x - ((at.x - x) * next) / scale;
    y = at.y - ((at.y - y) * next) / scale;
    scale = next;
    isFitted = next <= fitting();
    draw({ glides });
  }

  function resize(found) {
    size = found;
    picture.style.width = `${size.width}px`;
    picture.style.height = `${size.height}px`;
    to(isFitted ? 0 : scale);
  }

  function pointOf({ clientX, clientY }) {
    const { left, top } = stage.getBoundingClientRect();
    return { x: clientX - left, y: clientY - top };
  }

  new ResizeObserver(() => to(isFitted ? 0 : scale)).observe(stage);

  return {
    start(found) {
      isFitted = true;
      resize(found);
    },
    resize,
    by: (factor, options) => to(scale * factor, options),
    fit: (options) => to(0, options),
    /** Between what fits and its own size. */
    toggle: (at) => to(isFitted ? actual() : 0, { at, glides: true }),
    pan(dx, dy, options) {
      x += dx;
      y += dy;
      draw(options);
    },
    /** Follows a finger that leafs; 0 lets it slide back. */
    aside: (dx) => draw({ aside: dx, glides: dx === 0 }),
    pointOf,
    isFitted: () => isFitted,
    isLargest: () => scale >= most(),
  };
}
