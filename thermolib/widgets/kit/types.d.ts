// deno-lint-ignore-file no-explicit-any -- a model holds values of every kind
// The shapes that the widgets' modules share, for `deno check`: no import is needed in JSDoc, and no browser reads this.

/** What a widget knows: Jupyter's model where there is a kernel, host.js's where there is none. */
interface Model {
  get(key: string): any;
  set(key: string, value: unknown): void;
  save_changes(): void;
  on(event: string, listen: () => void): void;
  off(event: string, listen: () => void): void;
}

/** What anywidget hands to `render`: the model, and the element to fill. */
interface Place {
  model: Model;
  el: HTMLElement;
  /** Where there is no kernel, host.js hands over the still picture too, which `el` is to replace. */
  still?: HTMLElement;
}

/** What `render` may return: what is to be done when the widget goes. */
type CleanUp = () => void;

/** What anywidget asks of a module: `export default { render }`. */
interface View {
  render(place: Place): void | CleanUp | Promise<void | CleanUp>;
}

/** Attributes of an element; a function under a name that begins with "on" listens to that event. */
type Attributes = Record<string, string | number | ((event: any) => void)>;

/** `element("a", { href: "#" }, "words")`: an element with its attributes and what is in it. */
type MakeElement = <Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes?: Attributes,
  ...children: (Node | string)[]
) => HTMLElementTagNameMap[Tag];

/** A slider to be made: `words` says a value, `colours` runs along the track, `onmove` hears of the reader's moves. */
interface SliderOptions {
  label: Node | string;
  min: number;
  max: number;
  step: number;
  value: number;
  words: (value: number) => string;
  onmove: (value: number) => void;
  colours?: string[] | null;
  /** What a screen reader calls it, where the label alone stands more than once on the page. */
  name?: string;
  /** A value that is marked on the track, by its name. */
  mark?: { value: number; name: Node | string };
}

interface Slider {
  node: HTMLElement;
  input: HTMLInputElement;
  /** Move it without telling `onmove`. */
  show(value: number): void;
}

/** A mean with its standard error, NaN where there is none yet. */
interface Estimate {
  mean: number;
  stderr: number;
}
