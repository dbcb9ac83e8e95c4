/* What the pages promise and the DOM's own types cannot know. */

interface Window {
  htmx?: { process(node: Node): void };
}

/* What scripts look for by a selector is HTML, but for a drawing here and there. */
interface ParentNode {
  querySelector<K extends keyof HTMLElementTagNameMap>(selectors: K): HTMLElementTagNameMap[K] | null;
  querySelector<E extends Element = HTMLElement>(selectors: string): E | null;
  querySelectorAll<K extends keyof HTMLElementTagNameMap>(selectors: K): NodeListOf<HTMLElementTagNameMap[K]>;
  querySelectorAll<E extends Element = HTMLElement>(selectors: string): NodeListOf<E>;
}

interface Element {
  closest<E extends Element = HTMLElement>(selector: string): E | null;
  readonly dataset: DOMStringMap;
  focus(options?: FocusOptions): void;
}

interface Node {
  contains(other: EventTarget | null): boolean;
}

/* Where an event happens is an element of the page, or the page itself, which has none of these. */
interface EventTarget {
  closest?<E extends Element = HTMLElement>(selector: string): E | null;
  matches?(selectors: string): boolean;
  getAttribute?(name: string): string | null;
  readonly tagName?: string;
}

/* Events of htmx, of the socket and of our own carry one. */
interface Event {
  readonly detail: any;
}
