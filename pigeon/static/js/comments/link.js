/* Behaviour `comment-link`: where the post's comments are on the page, the link leads to where one writes. */

export function commentLink(element) {
  element.addEventListener("click", (event) => {
    const path = new URL(element.href).pathname;
    const field = (element.closest("dialog") ?? document.querySelector(".page")).querySelector(`form[action="${path}/comments"] textarea`);
    if (!field || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    field.focus();
  }, { capture: true });
}
